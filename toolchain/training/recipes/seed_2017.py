"""The recipe of 2017 that this project began with (fmsky/resnet50_inappropriate_content_detect), to compare with.

As it was: every layer of the backbone frozen, and one Dense layer with a sigmoid on its pooled output; a model of its
own for each category, trained on the pictures whose label for it is known; 224x224 pixels by the nearest neighbour;
raw pixels from 0 to 255 in RGB, without the ``preprocess_input`` that the ImageNet weights want; batches of 32; Adam
at 1e-4; flips in both directions, rotation by up to 40 degrees, zoom and shifts by up to 0.2, of the validation
pictures, too; it ends when the validation loss has not fallen for 10 epochs, and keeps the last epoch, not the best.

What cannot be as it was: its pictures and its exact random numbers are gone. Keras of 2017 normalised frozen batch
norms by the statistics of the batch while it trained; Keras 3 takes the stored ones, as both do for inference. Keras
has the ImageNet weights download; without a network they come from ``--weights PATH``, or the backbone is open_nsfw.
The several models share the frozen backbone, so they are written as one network with one score each.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from models.document import Document
from models.preprocessing import Preprocessing, Resize, resize
from toolchain.data.dataset import UNKNOWN, Dataset
from toolchain.output import Progress
from toolchain.training.backbones import load
from toolchain.training.cores import cores
from toolchain.training.determinism import make_deterministic
from toolchain.training.heads.targets import targets
from toolchain.training.splits import check_readable
from toolchain.training.task import Task, Trained
from toolchain.training.tuning.batches import Batches
from toolchain.training.tuning.checkpoint import Checkpoints
from toolchain.training.tuning.epochs import Plan, Tuned, run_epochs
from toolchain.training.tuning.graph import compiled, picture_graph
from toolchain.training.tuning.identity import identity
from toolchain.training.tuning.loss import masked_cross_entropy

SUMMARY = "a Dense layer on a frozen ResNet50 as in 2017, to compare with"


class Settings(Document):
    """What the recipe left open."""

    epochs: int = Field(default=100, ge=1, description="most passes over the pictures; the original ended after 36")
    batch: int = Field(default=32, ge=1, description="pictures per step")
    rate: float = Field(default=1e-4, gt=0, description="learning rate of Adam")
    patience: int = Field(default=10, ge=1, description="epochs without a lower validation loss before it ends")
    threads: int | None = Field(default=None, ge=1, description="that decode; all cores by default")


@dataclass(frozen=True)
class Changes:
    """What ``ImageDataGenerator`` of 2017 did: flips, and one affine map, both sampled at the nearest pixel.

    Attributes:
        degrees: rotation about the centre, up to this, either way.
        shift: up to this share of the height and of the width.
        zoom: the sides are scaled by factors up to this from 1, each by its own.
    """

    degrees: float = 40.0
    shift: float = 0.2
    zoom: float = 0.2

    def make(self, pixels: NDArray[np.uint8], rule: Preprocessing, chance: np.random.Generator) -> NDArray[np.uint8]:
        """Return a view of ``pixels`` (uint8 [h, w, 3]): uint8 [rule.height, rule.width, 3]."""
        picture = resize(pixels, rule)
        angle = np.deg2rad(chance.uniform(-self.degrees, self.degrees))
        down, across = chance.uniform(-self.shift, self.shift, 2) * picture.shape[:2]
        zoom = chance.uniform(1 - self.zoom, 1 + self.zoom, 2)
        cosine, sine = np.cos(angle), np.sin(angle)
        turn = np.array([[cosine, -sine], [sine, cosine]])
        picture = affine(picture, turn * zoom, turn @ [down, across])
        for axis in (1, 0):
            if chance.random() < 0.5:
                picture = np.flip(picture, axis)
        return picture


def affine(picture: NDArray[np.uint8], matrix: NDArray[Any], offset: NDArray[Any]) -> NDArray[np.uint8]:
    """Sample a picture at ``matrix @ (p - c) + offset + c`` for each position p (row, column), c its centre.

    The nearest pixel is taken, and outside of the picture that of its edge.
    """
    height, width = picture.shape[:2]
    centre = np.array([height, width]) / 2 - 0.5
    rows, columns = np.arange(height)[:, None] - centre[0], np.arange(width) - centre[1]
    at = [
        np.clip(np.floor(matrix[i, 0] * rows + matrix[i, 1] * columns + offset[i] + centre[i] + 0.5), 0, side - 1)
        for i, side in enumerate((height, width))
    ]
    return np.asarray(picture[at[0].astype(np.intp), at[1].astype(np.intp)])


def train(task: Task, settings: Settings, progress: Progress) -> Trained:
    """Train a Dense layer for each category, one after the other.

    Raises:
        NetworkError: the backbone's weights cannot be had.
        UserError: a checkpoint of something else, or one answer only among the pictures that can be read.
    """
    rule = preprocessing(task.backbone.preprocessing)
    check_readable(task.val, "val", task.categories, rule, settings.threads or cores(), progress)
    model = load(task.backbone, task.categories)
    head = model.get_layer("scores")
    kernel, bias = (np.array(weight) for weight in head.get_weights())
    history: list[dict[str, float]] = []
    problems: set[str] = set()
    unread = set()
    for place, category in enumerate(task.categories):
        network, tuned, train, val = _one(task, category, rule, settings, progress)
        kernel[:, [place]], bias[[place]] = network.get_layer("scores").get_weights()
        history += [{"category": place, **row} for row in tuned.history]
        problems |= {*train.unreadable.values(), *val.unreadable.values()}
        unread |= {train.dataset.examples[row].path for row in train.unreadable}
    head.set_weights([kernel, bias])
    details = {"pictures to learn from": len(task.train.examples) - len(unread), "epochs": len(history)}
    return Trained(model, tuple(history), details, tuple(sorted(problems)), preprocessing=rule)


def preprocessing(rule: Preprocessing) -> Preprocessing:
    """Return how the recipe sees pictures: the nearest pixels of 224x224 (or of the backbone's size), as they are."""
    return Preprocessing(
        width=rule.width,
        height=rule.height,
        resize=Resize(width=rule.width, height=rule.height, filter="nearest"),
        exif_rotation=False,
    )


def _one(
    task: Task, category: str, rule: Preprocessing, settings: Settings, progress: Progress
) -> tuple[Any, Tuned, Batches, Batches]:
    """Return a network for one category, how it was trained, and on what, which knows what could not be read."""
    make_deterministic(task.seed)
    network = load(task.backbone, (category,))
    alone = replace(task, categories=(category,), train=_known(task.train, category), val=_known(task.val, category))
    batch = min(settings.batch, len(alone.train.examples))
    train = Batches(alone.train, _targets(alone.train, category), rule, Changes(), batch=batch, seed=task.seed)
    val = Batches(
        alone.val, _targets(alone.val, category), rule, Changes(), batch=batch, seed=task.seed + 1, whole=False
    )
    graph = picture_graph(network, rule, "float32")
    graph.choose_trainable(0, "frozen")
    _compile(graph.model, settings.rate)
    plan = Plan(settings.epochs, settings.patience, keep="last", threads=settings.threads or cores())
    checkpoints = Checkpoints(task.folder / f"seed-2017-{category}", identity(alone, settings, network))
    tuned = run_epochs(graph, train, val, plan, checkpoints, progress)
    graph.give_back(network)
    return network, tuned, train, val


def _compile(model: Any, rate: float) -> None:
    import keras

    model.compile(keras.optimizers.Adam(rate), loss=masked_cross_entropy, jit_compile=compiled())


def _known(dataset: Dataset, category: str) -> Dataset:
    known = dataset.truth((category,))[:, 0] != UNKNOWN
    return Dataset(dataset.place, tuple(one for one, use in zip(dataset.examples, known, strict=True) if use))


def _targets(dataset: Dataset, category: str) -> NDArray[np.float32]:
    return targets(dataset.truth((category,)), "none", 0)
