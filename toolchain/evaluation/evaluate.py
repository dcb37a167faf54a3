"""Behind ``rct evaluate``: a classifier or bundle and labelled pictures in, a report out.

evaluation = evaluate("open_nsfw", Request(Path("data/mine")), progress)
evaluation.report, evaluation.choices
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.bundle import Bundle
from models.errors import UserError
from models.runtimes import RuntimeOptions
from toolchain.evaluation.category import Material, evaluate_category
from toolchain.evaluation.glances import Glances
from toolchain.evaluation.notes import notes_on
from toolchain.evaluation.report import CategoryEvaluation, EvaluationReport, Unreadable
from toolchain.evaluation.request import Request
from toolchain.evaluation.robustness import drawn, score_perturbed
from toolchain.evaluation.scoring import Scored, Scorer
from toolchain.evaluation.selection import Selection, select
from toolchain.evaluation.slices import Columns
from toolchain.evaluation.thresholds import Choice
from toolchain.output import Progress
from toolchain.references import open_reference
from toolchain.tensorflow_noise import quiet_keras


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

    @property
    def where(self) -> str:
        """The pictures, in words, without the way to them: it ends in a model card."""
        split = f"the split {self.report.split} of " if self.report.split else ""
        return f"{split}{Path(self.report.data).resolve().name} ({len(self.report.pictures):,} pictures)"


def evaluate(reference: str, request: Request, progress: Progress) -> Evaluation:
    """Score the pictures and measure.

    Raises:
        UserError: no dataset, split, label or column of that name, or not one picture that can be read.
        BundleError: the bundle is incomplete or altered.
        UnavailableError: what should run it is not there.
    """
    bundle = open_reference(reference)
    spec = bundle.manifest.spec
    selection = select(request.place, spec, request.split, request.categories)
    examples = selection.dataset.examples
    glances = Glances(examples)
    columns = Columns.read(selection.dataset, glances.sizes)
    for column in request.slices:
        columns.values(column, ())
    progress(f"loading {reference}")
    if bundle.manifest.format == "keras":
        quiet_keras()
    options = RuntimeOptions(device=request.device, threads=request.threads)
    scorer = Scorer.load(bundle, options, request.runtime, request.batch_size)
    scored = scorer.score(examples, progress, change=glances)
    if not len(scored.places):
        problem = f"no picture could be read (got {len(scored.failures)} bad ones; {scored.failures[0][1].problem})"
        raise UserError(request.place, problem, "Look at its ledger with rct data audit.")
    truth = selection.dataset.truth(selection.categories)[scored.places]
    tried = scored.places[drawn(truth, request.perturbed if request.perturbations else 0, request.bootstrap.seed)]
    subset = [examples[place] for place in tried]
    perturbed = score_perturbed(scorer, subset, request.perturbations, request.bootstrap.seed, progress)
    material = Material(spec, selection.dataset, scored, columns, glances.surfaces, tried, perturbed)
    categories: list[CategoryEvaluation] = []
    choices: dict[str, Choice] = {}
    for name in selection.categories:
        progress(f"measuring {name}")
        measured, choice = evaluate_category(name, material, request)
        categories.append(measured)
        choices |= {name: choice} if choice else {}
    return Evaluation(reference, bundle, _report(bundle, request, selection, scored, categories), choices)


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
        bootstrap=request.bootstrap,
        pictures=tuple(_shown(dataset.place, dataset.examples[place].path) for place in scored.places),
        unreadable=tuple(
            Unreadable(picture=_shown(dataset.place, path), problem=error.problem) for path, error in scored.failures
        ),
        categories=tuple(categories),
        notes=(*selection.notes, *(line for one in categories for line in notes_on(one, request))),
    )


def _shown(place: Path, path: Path) -> str:
    folder = place if place.is_dir() else place.parent
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)
