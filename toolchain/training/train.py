"""From labelled pictures to an original: what ``rct train`` does.

outcome = train(Request(("cartoon",), Path("data")), progress, warn)
outcome.bundle.path                  # trained/cartoon
outcome.measures["cartoon"].metrics["roc_auc"].value
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.bundle import Bundle, check_target
from models.document import Document
from models.errors import NetworkError, UserError
from models.keras_backend import check_backend
from models.preprocessing import Preprocessing
from models.runtimes.keras import predict_with
from models.spec import Category, ClassifierSpec, Thresholds
from toolchain.data.dataset import Dataset
from toolchain.lock import alone
from toolchain.output import Progress
from toolchain.settings import read_settings
from toolchain.tensorflow_noise import quiet_keras
from toolchain.training.backbones import DEFAULT, find_backbone
from toolchain.training.categories import define
from toolchain.training.leaks import Leaks, leaks, warning
from toolchain.training.model_card import Card
from toolchain.training.original import tool_versions, write_original
from toolchain.training.recipes import recipe
from toolchain.training.record import TrainingRecord
from toolchain.training.splits import train_and_val
from toolchain.training.task import Task
from toolchain.training.validation import Measured, choices, measures, validate

_TASK_FILE = "task.json"


@dataclass(frozen=True)
class Request:
    """What the user asked for, in the words of the command line."""

    categories: tuple[str, ...]
    data: Path
    recipe: str = "heads"
    backbone: str = DEFAULT
    weights: str | None = None
    settings: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    seed: int = 0
    out: Path | None = None
    overwrite: bool = False

    def like(self, record: TrainingRecord) -> "Request":
        """Return what trains these categories as the record says."""
        return replace(self, recipe=record.recipe, backbone=record.backbone, seed=record.seed, settings=record.given)

    @property
    def target(self) -> Path:
        """The folder of the bundle."""
        return self.out or Path("trained") / "-".join(self.categories)


@dataclass(frozen=True)
class Outcome:
    """The original, and per category what it reaches on the validation pictures.

    ``leaks`` are on both sides of the split; ``without_leaks``: what it reaches without them, None if there are none.
    """

    bundle: Bundle
    measures: Mapping[str, Measured]
    leaks: Leaks
    without_leaks: Mapping[str, Measured] | None

    def document(self) -> dict[str, object]:
        """Return them as JSON has them."""
        found, told = self.leaks.findings, {"title", "pictures", "examples"}
        return {
            "bundle": str(self.bundle.path),
            "categories": _document(self.measures),
            "leaks": [leak.model_dump(mode="json", include=told) for leak in found],
            "without_leaks": None if self.without_leaks is None else _document(self.without_leaks),
        }


def _document(measures: Mapping[str, Measured]) -> dict[str, object]:
    return {
        name: {
            "pictures": found.pictures,
            "positives": found.positives,
            **{metric: value.model_dump(mode="json") for metric, value in found.metrics.items()},
        }
        for name, found in measures.items()
    }


def train(request: Request, progress: Progress, warn: Callable[[str], None]) -> Outcome:
    """Train, measure, and write the original.

    Raises:
        UserError: data, settings or names that nothing can be trained with, or a folder that another training uses.
        BundleError: the target is taken.
        NetworkError: the backbone's weights cannot be had.
        UnavailableError: Keras' backend is not installed, or cannot train.
    """
    quiet_keras()
    check_backend("training", "tensorflow", "jax", "torch")
    settings = read_settings(recipe(request.recipe).Settings, request.settings, request.recipe)
    categories = define(request.categories, request.definitions)
    backbone = find_backbone(request.backbone, request.weights)
    check_target(request.target, overwrite=request.overwrite)
    sides = train_and_val(request.data, request.categories)
    beside = request.target.parent
    folder = beside / ".training" / request.target.name
    task = Task(request.categories, *sides, backbone, request.seed, folder, beside / ".features")
    with alone(folder.with_name(f"{folder.name}.lock"), request.target, "training"):
        return _train(request, task, settings, categories, progress, warn)


def _train(
    request: Request,
    task: Task,
    settings: Document,
    categories: tuple[Category, ...],
    progress: Progress,
    warn: Callable[[str], None],
) -> Outcome:
    module, backbone = recipe(request.recipe), task.backbone
    given = settings.model_dump(mode="json")
    begun = _claim(task, request, given)
    leaking = leaks(request.data, request.categories, progress)
    for leak in leaking.findings:
        warn(warning(request.data, leak))
    try:
        trained = module.train(task, settings, progress)
    except NetworkError:  # without weights nothing has begun, and the same folder may be asked for with others
        if not begun:
            shutil.rmtree(task.folder, ignore_errors=True)
        raise
    for problem in trained.problems[:1]:
        warn(f"pictures that cannot be read, left out: {len(trained.problems)}; the first is {problem}")
    rule = trained.preprocessing or backbone.preprocessing
    validation = validate(predict_with([trained.model], rule), rule, task.val, task.categories, progress)
    chosen = choices(validation, task.categories)
    for line in (line for choice in chosen.values() for line in choice.warnings):
        warn(line)
    spec = _spec(request, task, categories, rule, {name: choice.thresholds for name, choice in chosen.items()})
    found = measures(validation, task.categories, task.seed)
    others = validation.without(leaking.pictures) if leaking.pictures else None
    clean = measures(others, task.categories, task.seed) if others else None
    card = Card(spec, task, trained, request.recipe, given, found, leaking.findings, clean, tool_versions()).text()
    progress("writing the bundle")
    record = TrainingRecord(recipe=request.recipe, backbone=backbone.name, seed=task.seed, settings=given)
    bundle = write_original(
        request.target, trained.model, spec, backbone, card, record, trained.history, overwrite=request.overwrite
    )
    shutil.rmtree(task.folder, ignore_errors=True)
    return Outcome(bundle, found, leaking, clean)


def _spec(
    request: Request, task: Task, categories: tuple[Category, ...], rule: Preprocessing, at: dict[str, Thresholds]
) -> ClassifierSpec:
    return ClassifierSpec(
        name=request.target.name,
        description=f"{', '.join(task.categories)}, trained on the backbone of {task.backbone.name}",
        backbone=task.backbone.architecture.name,
        licence=task.backbone.licence,
        categories=categories,
        preprocessing=rule,
        thresholds=at,
    )


def _claim(task: Task, request: Request, settings: Mapping[str, object]) -> bool:
    """Say in the training's folder whose it is, so that nothing is resumed from another; whether it was begun before.

    Raises:
        UserError: the folder holds another training.
    """
    ours = {
        "recipe": request.recipe,
        "settings": dict(settings),
        "categories": list(task.categories),
        "seed": task.seed,
        "backbone": task.backbone.name,
        "weights": request.weights or "",
        "pictures": _digest(task.train, task.val),
        "tools": tool_versions(),
    }
    file = task.folder / _TASK_FILE
    if task.folder.exists() and request.overwrite:
        there = _read(file)
        if there != ours:
            shutil.rmtree(task.folder)
    there = _read(file)
    if there:  # a kill may have left half of it, and then it says nothing; checkpoints know themselves whose they are
        other = [key for key, value in ours.items() if there.get(key) != value]
        if other:
            raise UserError(
                task.folder,
                f"a training that did not end, of other {' and '.join(other)}",
                "Give --overwrite to begin anew, or another --out.",
            )
    task.folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(ours), "utf-8")
    return bool(there)


def _read(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _digest(*sides: Dataset) -> str:
    """Digest of what is asked of which pictures, by their names; what they show is looked at by the recipes."""
    digest = hashlib.sha256()
    for side in sides:
        for example in side.examples:
            digest.update(f"{example.path}\0{sorted(example.labels.items())}\0{example.rotation}\n".encode())
    return digest.hexdigest()
