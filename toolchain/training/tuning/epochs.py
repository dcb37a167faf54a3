"""The epochs of a training: fit, measure, keep the best, save, and stop when it gets no better.

    tuned = run_epochs(graph, train, val, plan, checkpoints, progress)
    tuned.best_epoch, tuned.history                   # the graph has the weights that are kept

Keras' own ``fit`` does each epoch; what happens between two of them is here, in plain sight.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from toolchain.output import Progress
from toolchain.training.heads.fit import mean_auc
from toolchain.training.heads.targets import measured_loss
from toolchain.training.tuning.batches import Batches, as_dataset
from toolchain.training.tuning.checkpoint import Checkpoints, State, arrays_of, set_variables
from toolchain.training.tuning.graph import SHARE, PictureGraph

Monitor = Literal["loss", "auc"]


class Log(Protocol):
    """Told of every epoch."""

    def __call__(self, epoch: int, row: Mapping[str, float]) -> None: ...  # noqa: D102


@dataclass(frozen=True)
class Plan:
    """When a training ends, and what is kept of it.

    Attributes:
        epochs: most passes over the pictures.
        patience: epochs without a better one before it ends.
        monitor: what better means, on the validation pictures: a lower "loss" or a higher "auc".
        keep: the "best" epoch, or the "last" one.
        average: epochs from the end of the plan whose weights are averaged (Izmailov et al. 2018, arXiv:1803.05407);
            the mean is kept where it is better than the best epoch. 0 for none.
        threads: that decode.
    """

    epochs: int
    patience: int
    monitor: Monitor = "loss"
    keep: Literal["best", "last"] = "best"
    average: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Tuned:
    """``history`` has a row per epoch, ``best_epoch`` is the one that was kept, from 1; 0 for a mean of several."""

    history: tuple[Mapping[str, float], ...]
    best_epoch: int


def run_epochs(
    graph: PictureGraph,
    train: Batches,
    val: Batches,
    plan: Plan,
    checkpoints: Checkpoints,
    progress: Progress,
    logs: Sequence[Log] = (),
) -> Tuned:
    """Train ``graph.model``, which is compiled, from where ``checkpoints`` stand; it ends with the weights to keep.

    Raises:
        UserError: there is a checkpoint of something else, or no room for one.
    """
    model = graph.model
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    state = checkpoints.load()
    if state is None:
        state = State(0, (), arrays_of(variables), arrays_of(graph.body.weights), 0, math.inf)
    else:
        set_variables(variables, state.variables)
    for log in logs:
        for row in state.history:
            log(int(row["epoch"]), row)
    while state.epoch < plan.epochs and not _given_up(state, plan):
        epoch = state.epoch + 1
        loss = _fit(model, train, epoch, plan, progress)
        row = {"epoch": epoch, "loss": loss, **_measured(model, val, plan.threads)}
        state = _after(state, plan, row, arrays_of(variables), arrays_of(graph.body.weights))
        checkpoints.save(state)
        for log in logs:
            log(epoch, row)
    return _kept(graph, val, plan, state)


def _given_up(state: State, plan: Plan) -> bool:
    return state.epoch - state.best_epoch >= plan.patience


def _after(state: State, plan: Plan, row: Mapping[str, float], variables: Any, weights: Any) -> State:
    """Return the state after an epoch with this row."""
    measure = row["val_loss"] if plan.monitor == "loss" else -row["val_auc"]
    epoch = state.epoch + 1
    after = replace(state, epoch=epoch, history=(*state.history, row), variables=variables)
    if measure < state.best_measure:
        after = replace(after, best=weights, best_epoch=epoch, best_measure=measure)
    if epoch > plan.epochs - plan.average:
        count = state.averaged + 1
        old = state.average or weights
        mean = tuple(a + (b - a) / count for a, b in zip(old, weights, strict=True))
        after = replace(after, average=mean, averaged=count)
    return after


def _kept(graph: PictureGraph, val: Batches, plan: Plan, state: State) -> Tuned:
    if plan.keep == "last":
        return Tuned(state.history, state.epoch)
    kept = state.best_epoch
    if state.averaged > 1:
        set_variables(graph.body.weights, state.average)
        row = _measured(graph.model, val, plan.threads)
        if (row["val_loss"] if plan.monitor == "loss" else -row["val_auc"]) < state.best_measure:
            return Tuned(state.history, 0)
    set_variables(graph.body.weights, state.best)
    return Tuned(state.history, kept)


def _fit(model: Any, train: Batches, epoch: int, plan: Plan, progress: Progress) -> float:
    """Train for an epoch and return its mean loss."""
    total = len(train) * train.batch

    def done(batches: int) -> None:
        progress(f"epoch {epoch} of {plan.epochs}", done=min(batches * train.batch, total), total=total)

    with as_dataset(partial(train.read, epoch), len(train), plan.threads, done) as data:
        return float(model.fit(data, epochs=1, verbose=0, shuffle=False).history["loss"][-1])


def _measured(model: Any, val: Batches, threads: int) -> dict[str, float]:
    logits = predict_logits(model, val, threads)
    truth = np.where(val.targets[..., 1] > 0, np.rint(val.targets[..., 0]), -1).astype(np.int8)
    truth[[*val.unreadable]] = -1
    targets = np.where((truth < 0)[..., None], np.float32(0), val.targets)
    right = ((logits > 0) == (truth > 0))[truth >= 0]
    return {
        "val_loss": float(measured_loss(targets, logits).mean()),
        "val_auc": mean_auc(logits, truth),
        "val_accuracy": float(right.mean()),
    }


def predict_logits(model: Any, val: Batches, threads: int) -> NDArray[np.float64]:
    """Return the logits of the pictures of ``val`` in their order, float64 [pictures, categories]."""

    def read(index: int) -> tuple[dict[str, NDArray[Any]]]:
        inputs, _ = val.read(0, index)
        if SHARE in model.input:
            inputs[SHARE] = np.ones((val.batch, 1), np.float32)
        return (inputs,)

    with as_dataset(read, len(val), threads) as data:
        logits = model.predict(data, verbose=0)
    return np.asarray(logits, np.float64)[: len(val.dataset.examples)]
