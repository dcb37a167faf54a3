"""Where a training stands at the end of an epoch, on disk, so that it goes on there after whatever ended it.

    checkpoints = Checkpoints(folder, identity)
    state = checkpoints.load()                  # None where there is none yet
    checkpoints.save(state)

Two files: ``checkpoint.npz`` has every variable of the model and of its optimizer, ``best-<epoch>.npz`` the weights of
the best epoch. Each is written beside its place and renamed, the best one first, so that a kill at any moment leaves a
pair that belongs together. Nothing random is in them: all that is drawn depends on the epoch (see ``batches``).
"""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError

Arrays = tuple[NDArray[Any], ...]
_STATE, _IDENTITY = "state", "identity"


@dataclass(frozen=True, eq=False)
class State:
    """The end of an epoch.

    Attributes:
        epoch: epochs that are done.
        history: a row for each.
        variables: of the model and of its optimizer, in their order.
        best: weights of the epoch that is kept.
        best_epoch: which one that is, 0 for what the training began with.
        best_measure: what it was chosen by; the lower, the better.
        average: running mean of weights, where epochs are averaged.
        averaged: epochs in it.
    """

    epoch: int
    history: tuple[Mapping[str, float], ...]
    variables: Arrays
    best: Arrays
    best_epoch: int
    best_measure: float
    average: Arrays = ()
    averaged: int = 0


@dataclass(frozen=True)
class Checkpoints:
    """The checkpoint of one training.

    Attributes:
        folder: where it lies; made when the first is written.
        identity: what a checkpoint must have been made with to be gone on from ("code", "settings", "pictures", …).
    """

    folder: Path
    identity: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        """The checkpoint."""
        return self.folder / "checkpoint.npz"

    def save(self, state: State) -> None:
        """Replace the checkpoint by this one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        best = self._best(state.best_epoch)
        if not best.exists():
            _write(best, {f"weight{i}": array for i, array in enumerate(state.best)})
        facts = {
            "epoch": state.epoch,
            "history": [dict(row) for row in state.history],
            "best_epoch": state.best_epoch,
            "best_measure": state.best_measure,
            "averaged": state.averaged,
            "variables": len(state.variables),
        }
        arrays = {f"array{i}": array for i, array in enumerate((*state.variables, *state.average))}
        texts = {_STATE: np.array(json.dumps(facts)), _IDENTITY: np.array(json.dumps(dict(self.identity)))}
        _write(self.path, arrays | texts)
        for other in self.folder.glob("best-*.npz"):
            if other != best:
                other.unlink()

    def load(self) -> State | None:
        """Return where the training stands, or None if it has not begun.

        Raises:
            UserError: the checkpoint was made by other code or for something else, or is damaged.
        """
        if not self.path.exists():
            for stale in self.folder.glob("best-*.npz"):
                stale.unlink()
            return None
        found = _read(self.path)
        facts, identity = json.loads(str(found[_STATE])), json.loads(str(found[_IDENTITY]))
        other = [name for name in self.identity if identity.get(name) != self.identity[name]]
        if other:
            raise UserError(
                self.path,
                f"a checkpoint of other {' and '.join(other)}",
                f"Delete {self.folder} to begin anew.",
            )
        arrays = _numbered(found, "array")
        best = _numbered(_read(self._best(facts["best_epoch"])), "weight")
        count = facts.pop("variables")
        history = tuple(facts.pop("history"))
        return State(**facts, history=history, variables=arrays[:count], average=arrays[count:], best=best)

    def _best(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:04}.npz"


def _numbered(found: Mapping[str, NDArray[Any]], name: str) -> Arrays:
    return tuple(found[f"{name}{i}"] for i in range(sum(key.startswith(name) for key in found)))


def _write(path: Path, arrays: Mapping[str, Any]) -> None:
    unfinished = path.with_suffix(".part")
    try:
        with unfinished.open("wb") as stream:
            np.savez(stream, **arrays)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UserError(path, f"cannot be written ({error.strerror or error})", "Make room for it.") from error
    os.replace(unfinished, path)  # noqa: PTH105


def _read(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(
            path, f"a damaged checkpoint ({str(error).splitlines()[0][:120]})", f"Delete {path.parent} to begin anew."
        ) from error


def arrays_of(variables: Sequence[Any]) -> Arrays:
    """Return copies of Keras variables as numpy arrays; of mirrored ones, the first."""
    values = (variable.value for variable in variables)
    return tuple(np.array(value.numpy() if hasattr(value, "numpy") else value) for value in values)


def set_variables(variables: Sequence[Any], arrays: Sequence[NDArray[Any]]) -> None:
    """Give Keras variables these values."""
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
