"""Behind ``rct evaluate``: a classifier or bundle and labelled pictures in, a report out.

evaluation = evaluate("open_nsfw", Request(Path("data/mine")), progress)
evaluation.report, evaluation.choices
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap
from models.bundle import Bundle
from models.errors import UserError
from models.runtimes import Device, RuntimeOptions
from models.spec import Thresholds
from toolchain.data.dataset import Example
from toolchain.evaluation.measuring import Sample, decisions_at, quality
from toolchain.evaluation.report import CategoryEvaluation, Chosen, ChosenLine, EvaluationReport, Point, Unreadable
from toolchain.evaluation.scoring import Scored, Scorer
from toolchain.evaluation.selection import Selection, select
from toolchain.evaluation.thresholds import Choice, Goals, choose
from toolchain.output import Progress
from toolchain.references import open_reference
from toolchain.tensorflow_noise import quiet_keras

_UNREADABLE_SHOWN = 20


@dataclass(frozen=True)
class Request:
    """What was asked of ``rct evaluate``.

    Attributes:
        place: the dataset.
        split: of it; None for val, test, or all, whichever is there first.
        categories: of the classifier; none for all that the pictures are labelled for.
        goals: what thresholds are chosen to keep to, and the prevalence in use.
        choose: judge at the chosen thresholds, and not at those of the spec.
        batch_size: pictures per run.
        runtime: by name, None for the first that runs the format.
        threads: of one run, None for the runtime's choice.
        device: where it runs.
        seed: of all that is drawn.
        resamples: of the bootstrap.
    """

    place: Path
    split: str | None = None
    categories: Sequence[str] = ()
    goals: Goals = field(default_factory=Goals)
    choose: bool = False
    batch_size: int = 16
    runtime: str | None = None
    threads: int | None = None
    device: Device = "cpu"
    seed: int = 0
    resamples: int = 1000


@dataclass(frozen=True)
class Evaluation:
    """The report, what it is of, and the thresholds that were chosen, by category, where that was possible."""

    reference: str
    bundle: Bundle
    report: EvaluationReport
    choices: Mapping[str, Choice]

    @property
    def next_line(self) -> str:
        """What to type next."""
        if self.bundle.manifest.format == "keras":
            return f"Next: rct export {self.reference} --format onnx"
        return f"Next: rct bench {self.reference}"


def evaluate(reference: str, request: Request, progress: Progress) -> Evaluation:
    """Score the pictures and measure.

    Raises:
        UserError: no dataset, split or label, or not one picture that can be read; see ``select``.
        BundleError: the bundle is incomplete or altered.
        UnavailableError: what should run it is not there.
    """
    bundle = open_reference(reference)
    spec = bundle.manifest.spec
    selection = select(request.place, spec, request.split, request.categories)
    progress(f"loading {reference}")
    if bundle.manifest.format == "keras":
        quiet_keras()
    options = RuntimeOptions(device=request.device, threads=request.threads)
    scorer = Scorer.load(bundle, options, request.runtime, request.batch_size)
    scored = scorer.score(selection.dataset.examples, progress)
    if not len(scored.places):
        problem = f"no picture could be read (got {len(scored.failures)} bad ones; {scored.failures[0][1].problem})"
        raise UserError(request.place, problem, "Look at its ledger with rct data audit.")
    categories: list[CategoryEvaluation] = []
    choices: dict[str, Choice] = {}
    for name in selection.categories:
        progress(f"measuring {name}")
        measured, choice = _category(name, bundle, selection, scored, request)
        categories.append(measured)
        choices |= {name: choice} if choice else {}
    return Evaluation(reference, bundle, _report(bundle, request, selection, scored, categories), choices)


def _category(
    name: str, bundle: Bundle, selection: Selection, scored: Scored, request: Request
) -> tuple[CategoryEvaluation, Choice | None]:
    spec = bundle.manifest.spec
    answers = selection.dataset.truth([name])[scored.places, 0]
    scores = scored.scores[:, spec.labels.index(name)]
    known = (answers >= 0) & np.isfinite(scores)
    groups = group_numbers([selection.dataset.examples[place] for place in scored.places])
    sample = Sample(scores[known], answers[known] == 1, groups[known])
    bootstrap = Bootstrap(resamples=request.resamples, seed=request.seed)
    choice = _choice(name, sample, request.goals)
    thresholds = choice.thresholds if choice and request.choose else spec.thresholds[name]
    return CategoryEvaluation(
        name=name,
        scores=tuple(score if np.isfinite(score) else None for score in scores.tolist()),
        truth=tuple(None if answer < 0 else bool(answer) for answer in answers.tolist()),
        positives=sample.positives,
        negatives=sample.negatives,
        unknown=int(np.count_nonzero(answers < 0)),
        groups=len(np.unique(sample.groups)),
        thresholds=thresholds,
        quality=quality(sample, bootstrap),
        decisions={
            point: decisions_at(at, sample, request.goals.prevalence, bootstrap)
            for point, at in operating_points(thresholds).items()
        },
        chosen=_chosen(choice) if choice else None,
    ), choice


def operating_points(thresholds: Thresholds) -> dict[Point, float]:
    """Return the threshold of each point."""
    return {"review": thresholds.review, "block": thresholds.block, "half": 0.5}


def group_numbers(examples: Sequence[Example]) -> NDArray[np.intp]:
    """Return int [n], the same for examples of the same source and group; an example without a group is its own."""
    numbers: dict[object, int] = {}
    keys = [(one.source, one.group) if one.group else place for place, one in enumerate(examples)]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], np.intp)


def _choice(name: str, sample: Sample, goals: Goals) -> Choice | None:
    if not sample.negatives or (goals.review_load is not None and not sample.positives):
        return None
    return choose(name, sample.scores, sample.truth, goals, sample.groups)


def _chosen(choice: Choice) -> Chosen:
    lines = (ChosenLine(**vars(line)) for line in (choice.review, choice.block))
    return Chosen(review=next(lines), block=next(lines), warnings=choice.warnings)


def _report(
    bundle: Bundle,
    request: Request,
    selection: Selection,
    scored: Scored,
    categories: Sequence[CategoryEvaluation],
) -> EvaluationReport:
    dataset, manifest = selection.dataset, bundle.manifest
    return EvaluationReport(
        classifier=manifest.name,
        bundle=str(bundle.path),
        format=manifest.format,
        recipe=manifest.recipe,
        sha256=manifest.sha256,
        data=str(request.place),
        split=selection.split,
        prevalence=request.goals.prevalence,
        thresholds_from="these pictures" if request.choose else "spec",
        bootstrap=Bootstrap(resamples=request.resamples, seed=request.seed),
        pictures=tuple(_shown(dataset.place, dataset.examples[place].path) for place in scored.places),
        unreadable=tuple(
            Unreadable(picture=_shown(dataset.place, path), problem=error.problem) for path, error in scored.failures
        ),
        categories=tuple(categories),
        notes=(*selection.notes, *(line for one in categories for line in _notes(one))),
    )


def _shown(place: Path, path: Path) -> str:
    folder = place if place.is_dir() else place.parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _notes(one: CategoryEvaluation) -> list[str]:
    said = []
    if not one.positives or not one.negatives:
        what = "positives" if not one.positives else "negatives"
        said.append(f"{one.name}: there are no {what}, so what needs both is not measured.")
    elif one.negatives < 1000:
        said.append(
            f"{one.name}: of {one.negatives} negatives TPR at FPR 0.1 % lets none be flagged: it rests on one picture."
        )
    broken = sum(score is None for score in one.scores)
    if broken:
        said.append(f"{one.name}: {broken} scores are not numbers and are left out.")
    return said
