"""How many pictures say yes and no to each category, in each split."""

from collections.abc import Iterator

from toolchain.data.audit.finding import Finding, Severity
from toolchain.data.audit.material import Material

SUMMARY = "categories with one answer only, in the whole or in a split, or with few of one answer"

_UNEVEN, _VERY_UNEVEN = 3.0, 20.0


def look(material: Material) -> Iterator[Finding]:
    """Yield, for each category, the answers that are missing in a split, or how uneven they are."""
    splits = sorted({entry.split for entry in material.entries})
    for name in material.collection.categories:
        missing = list(_missing(material, name, None)) or [
            finding for split in splits for finding in _missing(material, name, split)
        ]
        yield from missing or _uneven(material, name)


def _missing(material: Material, name: str, split: str | None) -> Iterator[Finding]:
    yes, no = _answers(material, name, split)
    if yes and no:
        return
    answer = "yes" if no else "no" if yes else "yes or no"
    yield Finding(
        check="balance",
        severity="warning",
        title=f"no picture{f' in {split}' if split else ''} says {answer} to {name}",
        pictures=yes + no,
        figures={"yes": yes, "no": no},
        advice="Nothing can be learnt or measured from one answer. Add pictures of the other, or split again.",
    )


def _uneven(material: Material, name: str) -> Iterator[Finding]:
    yes, no = _answers(material, name, None)
    ratio = max(yes, no) / min(yes, no)
    if ratio < _UNEVEN:
        return
    severity: Severity = "warning" if ratio >= _VERY_UNEVEN else "note"
    yield Finding(
        check="balance",
        severity=severity,
        title=f"the answers to {name} are uneven",
        pictures=yes + no,
        figures={"yes": yes, "no": no, "ratio": round(ratio, 2)},
        advice="Weight the classes; go by ROC-AUC and by precision at the prevalence that you expect, not by accuracy.",
    )


def _answers(material: Material, name: str, split: str | None) -> tuple[int, int]:
    answers = [
        entry.labels[name]
        for entry in material.entries
        if name in entry.labels and (split is None or entry.split == split)
    ]
    return sum(answers), len(answers) - sum(answers)
