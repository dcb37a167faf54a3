"""The model card of a classifier that was trained here: what it is, on what it was trained, how good it is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.spec import ClassifierSpec
from toolchain.data.audit.finding import Finding
from toolchain.data.dataset import UNKNOWN, YES, Dataset
from toolchain.training.tables import shown
from toolchain.training.task import Task, Trained
from toolchain.training.validation import METRICS, Measured

MODEL_CARD = "MODEL_CARD.md"


@dataclass(frozen=True)
class Card:
    """Everything that a model card tells; none of it depends on when and where the training ran."""

    spec: ClassifierSpec
    task: Task
    trained: Trained
    recipe: str
    settings: Mapping[str, object]
    measures: Mapping[str, Measured]
    leaks: Sequence[Finding]
    without_leaks: Mapping[str, Measured] | None
    tools: Mapping[str, str]

    def text(self) -> str:
        """Return the card as Markdown."""
        parts = (self._head(), self._evaluation(), self._data(), self._training(), self._limits())
        return "\n\n".join(parts) + "\n"

    def _head(self) -> str:
        spec, rule = self.spec, self.spec.preprocessing
        rows = [("category", f"`{one.name}`: {one.definition}") for one in spec.categories]
        rows += [
            ("backbone", f"{self.task.backbone.name} ({spec.backbone})"),
            ("input", f"{rule.width} x {rule.height} pixels, of {rule.resize.width} x {rule.resize.height}"),
            (
                "review / block",
                ", ".join(f"{name} {at.review:g} / {at.block:g}" for name, at in spec.thresholds.items()),
            ),
            ("licence of the backbone's weights", spec.licence),
        ]
        return f"# {spec.name}\n\n{spec.description}.\n\n" + _table(("", ""), rows)

    def _evaluation(self) -> str:
        chose = "the thresholds" if self.settings.get("keep") == "last" else "the epoch and the thresholds"
        return (
            f"## Evaluation\n\nOn the validation pictures, which also chose {chose}, so that these "
            "numbers flatter. Intervals are of 95 % and know of groups.\n\n"
            + _measures(self.measures)
            + self._on_both_sides()
        )

    def _on_both_sides(self) -> str:
        if not self.leaks:
            return ""
        found = "\n".join(f"- {leak.title}: {leak.pictures:,} pictures" for leak in self.leaks)
        said = f"\n\nThey flatter the more for what is on both sides of the split:\n\n{found}"
        if self.without_leaks is None:
            return said
        return f"{said}\n\nWithout the validation pictures among these:\n\n{_measures(self.without_leaks)}"

    def _data(self) -> str:
        sides = {"train": self.task.train, "val": self.task.val}
        rows = [
            (name, *(_counts(dataset, index, self.task.categories) for dataset in sides.values()))
            for index, name in enumerate(self.task.categories)
        ]
        examples = [example for dataset in sides.values() for example in dataset.examples]
        licences = Counter((one.source or "not said", one.licence or "not said") for one in examples)
        sources = [(source, licence, str(count)) for (source, licence), count in sorted(licences.items())]
        return (
            "## Data\n\nPictures that say yes, that say no, and that say nothing.\n\n"
            + _table(("category", *sides), rows)
            + "\n\n"
            + _table(("source", "licence of the pictures", "pictures"), sources)
        )

    def _training(self) -> str:
        rows = [("recipe", self.recipe), ("seed", str(self.task.seed))]
        rows += [
            (key.replace("_", " "), str(value)) for key, value in {**self.settings, **self.trained.details}.items()
        ]
        return "## Training\n\n" + _table(("", ""), rows) + "\n\n" + _table(("tool", "version"), [*self.tools.items()])

    def _limits(self) -> str:
        return (
            "## What it can't do\n\n"
            "- It knows what its pictures showed. Kinds of pictures that were not among them may get any score.\n"
            "- The thresholds were chosen on the validation pictures. Choose them again on pictures of your own.\n"
            "- It must not decide about people on its own. `review` exists so that a person looks."
        )


def _counts(dataset: Dataset, index: int, categories: tuple[str, ...]) -> str:
    answers = dataset.truth(categories)[:, index]
    yes, unknown = int((answers == YES).sum()), int((answers == UNKNOWN).sum())
    return f"{yes} / {len(answers) - yes - unknown} / {unknown}"


def _measures(measures: Mapping[str, Measured]) -> str:
    rows = [
        (name, f"{found.pictures} ({found.positives})", METRICS[metric], *shown(value))
        for name, found in measures.items()
        for metric, value in found.metrics.items()
    ]
    return _table(("category", "pictures (yes)", "metric", "value", "interval"), rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
