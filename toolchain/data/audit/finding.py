"""The document of an audit: what was looked for, and what was found."""

from typing import Literal

from models.document import Document

Severity = Literal["severe", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("severe", "warning", "note")

MOST_EXAMPLES = 8


class Finding(Document):
    """One thing that is wrong, or worth knowing.

    Attributes:
        check: the module of toolchain.data.audit.checks that found it.
        severity: "severe": results on this dataset cannot be believed (a leak, one picture under two labels);
            "warning": something to mend or to decide; "note": something to know.
        title: what it is, a sentence without its full stop.
        pictures: how many pictures it concerns.
        figures: numbers and short texts by name.
        examples: files, relative to the dataset's folder; those that belong together are one example.
        advice: what to do.
    """

    check: str
    severity: Severity
    title: str
    pictures: int
    figures: dict[str, int | float | str] = {}
    examples: tuple[tuple[str, ...], ...] = ()
    advice: str = ""


class Answers(Document):
    """How many pictures say yes and no to a category, and of how many it is not known."""

    yes: int
    no: int
    unknown: int


class AuditReport(Document):
    """What an audit found.

    Attributes:
        place: the dataset, as it was named.
        rows: of its ledger; its pictures where it is a plain folder.
        pictures: rows that have a picture.
        categories: answers by category.
        splits: pictures by split; those that are in none are under "".
        checks: names of the checks that ran.
        findings: severe ones first, then in the order of the checks.
    """

    schema_version: Literal[1] = 1
    place: str
    rows: int
    pictures: int
    categories: dict[str, Answers]
    splits: dict[str, int]
    checks: tuple[str, ...]
    findings: tuple[Finding, ...]

    def of_severity(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings of this severity."""
        return tuple(one for one in self.findings if one.severity == severity)
