"""Heads on a frozen backbone: its features are computed once, and all categories are trained on them in seconds."""

from pydantic import Field

from toolchain.data.dataset import Dataset
from toolchain.output import Progress
from toolchain.training.backbones import load
from toolchain.training.cores import cores
from toolchain.training.features.compute import Features, Way, compute_features
from toolchain.training.features.network import open_extractor
from toolchain.training.features.views import Views
from toolchain.training.heads.fit import HeadSettings, Labelled, fit
from toolchain.training.heads.layers import set_dense
from toolchain.training.task import Task, Trained

SUMMARY = "heads on a frozen backbone, in seconds once its features are computed"


class Settings(HeadSettings):
    """Those of the heads, and what they read."""

    taps: tuple[str, ...] = Field(default=(), description="layers whose statistics are read; none for the last mean")
    views: int = Field(default=2, ge=0, le=1000, description="changed views of each picture, beside itself")
    threads: int | None = Field(default=None, ge=1, description="pictures worked on at once; all cores by default")


def train(task: Task, settings: Settings, progress: Progress) -> Trained:
    """Compute what features are missing, and train one head for all categories.

    Raises:
        NetworkError: the backbone's weights cannot be had.
        UserError: no picture can be read.
    """
    progress("loading the backbone")
    extractor = open_extractor(task.backbone, settings.taps)
    rule, threads = task.backbone.preprocessing, settings.threads or cores()
    changed, plain = Way(extractor, rule, Views(settings.views, task.seed)), Way(extractor, rule, Views(0, 0))
    train = compute_features(task.train, changed, task.features, threads, progress)
    val = compute_features(task.val, plain, task.features, threads, progress)
    fitted = fit(_labelled(train, task.train, task), _labelled(val, task.val, task), settings, task.seed, progress)
    model = load(task.backbone, task.categories)
    set_dense(model, fitted.layers)
    return Trained(
        model,
        fitted.history,
        {
            "pictures to learn from": len(train.kept),
            "pictures to choose the epoch by": len(val.kept),
            "features of each": extractor.size,
            "best epoch": fitted.best,
        },
        tuple(str(failure) for failure in (*train.failures, *val.failures)),
    )


def _labelled(features: Features, dataset: Dataset, task: Task) -> Labelled:
    return Labelled(features.values, dataset.truth(task.categories)[features.kept])
