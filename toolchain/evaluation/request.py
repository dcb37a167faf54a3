"""What can be asked of an evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.bootstrap import Bootstrap
from models.runtimes import Device
from toolchain.evaluation.thresholds import Goals


@dataclass(frozen=True)
class Request:
    """What was asked of ``rct evaluate``.

    Attributes:
        place: the dataset.
        split: of it; None for val, test, or all, whichever is there first.
        categories: of the classifier; none for all that the pictures are labelled for.
        goals: what thresholds are chosen to keep to, and the prevalence in use.
        choose: judge at the chosen thresholds, and not at those of the spec.
        slices: columns to look at one value at a time; none for those that are usual.
        perturbations: to try, by name.
        perturbed: pictures to try them on, at most.
        batch_size: pictures per run.
        runtime: by name, None for the first that runs the format.
        threads: of one run, None for the runtime's choice.
        device: where it runs.
        bootstrap: of the intervals; its seed is that of everything that is drawn.
    """

    place: Path
    split: str | None = None
    categories: Sequence[str] = ()
    goals: Goals = field(default_factory=Goals)
    choose: bool = False
    slices: Sequence[str] = ()
    perturbations: Sequence[str] = ()
    perturbed: int = 200
    batch_size: int = 16
    runtime: str | None = None
    threads: int | None = None
    device: Device = "cpu"
    bootstrap: Bootstrap = field(default_factory=Bootstrap)
