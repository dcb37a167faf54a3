"""The network's own layers learn, from the last stage down, after a head was trained on them as they were.

First the recipe ``heads`` trains the head, then both learn together: started the other way round, the gradients of a
random head spoil the features before it has learnt anything (Kumar et al. 2022, arXiv:2202.10054).
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from models.classifier import find_original, load_keras
from models.document import Document
from models.errors import NetworkError
from models.resnet50 import HeadForm
from toolchain.output import Progress
from toolchain.training.backbones import load
from toolchain.training.cores import cores
from toolchain.training.determinism import make_deterministic
from toolchain.training.heads.targets import ClassWeights, targets
from toolchain.training.recipes import heads
from toolchain.training.splits import check_readable
from toolchain.training.task import Task, Trained
from toolchain.training.tuning.batches import Batches
from toolchain.training.tuning.checkpoint import Checkpoints
from toolchain.training.tuning.devices import on_devices
from toolchain.training.tuning.epochs import Monitor, Plan, run_epochs
from toolchain.training.tuning.graph import STAGES, BatchNorm, PictureGraph, Precision, compiled, picture_graph
from toolchain.training.tuning.identity import identity
from toolchain.training.tuning.loss import masked_cross_entropy
from toolchain.training.tuning.mixing import Mixing
from toolchain.training.tuning.optimizer import Name, cosine, make_optimizer
from toolchain.training.tuning.tensorboard import tensorboard
from toolchain.training.tuning.views import Views

SUMMARY = "the last stages learn, too, after their head"


class Settings(Document):
    """How a network is fine-tuned; every number that a user may turn."""

    stages: int = Field(default=1, ge=0, le=STAGES, description="stages that learn, from the last one; 5 for all")
    batch_norm: BatchNorm = Field(default="frozen", description="statistics of the batch norms: frozen or trained")
    start: str = Field(default="heads", description="heads, random, or a trained original to go on from")
    taps: heads.Taps = Field(default="all", description="layers whose statistics the head reads; all or none")
    epochs: int = Field(default=20, ge=1, description="most passes over the pictures")
    patience: int = Field(default=5, ge=1, description="epochs without a better one before it ends")
    monitor: Monitor = Field(default="loss", description="what the best epoch is chosen by: loss or auc")
    average: int = Field(default=0, ge=0, description="last epochs whose weights are averaged")
    batch: int = Field(default=32, ge=2, description="pictures per step, over all devices")
    optimizer: Name = Field(default="sgd", description="sgd (with Nesterov momentum) or adamw")
    rate: float = Field(default=0.005, gt=0, description="learning rate at its highest; about 1e-4 with adamw")
    momentum: float = Field(default=0.9, ge=0, lt=1, description="of sgd")
    warmup: float = Field(default=0.1, ge=0, lt=1, description="share of the steps in which the rate rises")
    weight_decay: float = Field(default=1e-4, ge=0, description="of kernels, times the learning rate")
    clip: float | None = Field(default=None, gt=0, description="largest norm of a step's gradient")
    smoothing: float = Field(default=0.05, ge=0, lt=1, description="label smoothing")
    class_weights: ClassWeights = Field(default="balanced", description="balanced or none")
    wear: float = Field(default=0.3, ge=0, le=1, description="share of pictures changed as for heads")
    crop: float = Field(default=0.4, gt=0, le=1, description="smallest share of a picture that is cut out")
    flip: bool = Field(default=True, description="mirror every second picture")
    changes: int = Field(default=2, ge=0, le=10, description="changes of RandAugment for each picture")
    strength: float = Field(default=0.4, ge=0, le=1, description="of these")
    erase: float = Field(default=0.25, ge=0, le=1, description="share of pictures with a rectangle overwritten")
    mixup: float = Field(default=0.2, ge=0, description="alpha of mixup; 0 for none")
    cutmix: float = Field(default=0.0, ge=0, description="alpha of CutMix; 0 for none")
    precision: Precision = Field(default="float32", description="float32, mixed_float16 or mixed_bfloat16")
    devices: int = Field(default=1, ge=1, description="accelerators that share a batch")
    threads: int | None = Field(default=None, ge=1, description="that decode; all cores by default")
    tensorboard: str = Field(default="", description="folder in which TensorBoard finds a run of the bundle's name")

    @model_validator(mode="after")
    def _batch_can_be_shared(self) -> Self:
        if self.batch % (2 * self.devices):
            raise ValueError(f"batch must be a multiple of 2 for each device (got {self.batch} for {self.devices})")
        return self


def train(task: Task, settings: Settings, progress: Progress) -> Trained:
    """Train a head, then the chosen stages with it; resumes at the last epoch that was done.

    Raises:
        NetworkError: weights cannot be had, or those to start from are of another network.
        UserError: a checkpoint of something else, or one answer only among the pictures that can be read.
        UnavailableError: fewer devices than asked for.
    """
    rule, threads = task.backbone.preprocessing, settings.threads or cores()
    check_readable(task.val, "val", task.categories, rule, threads, progress)
    network, problems = _start(task, settings, progress)
    make_deterministic(task.seed)
    wanted = targets(task.train.truth(task.categories), settings.class_weights, settings.smoothing)
    views = Views(settings.wear, settings.crop, settings.flip, settings.changes, settings.strength, settings.erase)
    mixing = Mixing(settings.mixup, settings.cutmix)
    pairs = 2 * settings.devices
    batch = max(pairs, min(settings.batch, len(wanted) // pairs * pairs))
    train = Batches(task.train, wanted, rule, views, mixing, batch, task.seed)
    val = validation(task, settings.class_weights, batch)
    plan = Plan(settings.epochs, settings.patience, settings.monitor, "best", settings.average, threads)
    checkpoints = Checkpoints(task.folder / "fine-tune", identity(task, settings, network))
    with ExitStack() as stack:
        stack.enter_context(on_devices(settings.devices))
        graph = picture_graph(network, rule, settings.precision, mixing=bool(mixing))
        graph.choose_trainable(settings.stages, settings.batch_norm)
        _compile(graph, settings, len(train))
        told = Path(settings.tensorboard) if settings.tensorboard else None
        logs = [stack.enter_context(tensorboard(told, task.folder.name))] if told else []
        tuned = run_epochs(graph, train, val, plan, checkpoints, progress, logs)
        graph.give_back(network)
    left_out = {*problems, *train.unreadable.values(), *val.unreadable.values()}
    details = {
        "pictures to learn from": len(task.train.examples) - len(train.unreadable),
        "pictures to choose the epoch by": len(task.val.examples) - len(val.unreadable),
        "best epoch": tuned.best_epoch,
    }
    return Trained(network, tuned.history, details, tuple(sorted(left_out)))


def validation(task: Task, class_weights: ClassWeights, batch: int) -> Batches:
    """Return the validation pictures as inference sees them, in their order."""
    plain = Views(flip=False)
    wanted = targets(task.val.truth(task.categories), class_weights, 0)
    return Batches(task.val, wanted, task.backbone.preprocessing, plain, batch=batch, whole=False)


def _start(task: Task, settings: Settings, progress: Progress) -> tuple[Any, tuple[str, ...]]:
    """Return the network that is tuned, and what the recipe ``heads`` had to leave out."""
    if settings.start == "heads":
        given: dict[str, Any] = {"taps": settings.taps, "threads": settings.threads}
        begun = heads.train(task, heads.Settings(**given), progress)
        return begun.model, begun.problems
    if settings.start == "random":
        make_deterministic(task.seed)
        return load(task.backbone, task.categories, head=HeadForm(heads.tapped(settings.taps, task.backbone))), ()
    original = find_original(settings.start)
    spec = original.manifest.spec
    names = tuple(category.name for category in spec.categories)
    if names != task.categories or spec.backbone != task.backbone.architecture.name:
        raise NetworkError(
            settings.start,
            f"not to be gone on from: {', '.join(names)} on {spec.backbone}",
            f"It must detect {', '.join(task.categories)} on {task.backbone.architecture.name}.",
        )
    return load_keras(original), ()


def _compile(graph: PictureGraph, settings: Settings, steps: int) -> None:
    total = settings.epochs * steps
    rate = cosine(settings.rate, total, round(settings.warmup * total))
    optimizer = make_optimizer(
        settings.optimizer,
        rate,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        clip=settings.clip,
        loss_scaling=settings.precision == "mixed_float16",
    )
    graph.model.compile(optimizer, loss=masked_cross_entropy, jit_compile=compiled())
