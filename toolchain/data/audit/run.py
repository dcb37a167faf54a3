"""Behind ``rct data audit``: every check over one dataset.

report = audit(Request(Path("data/mine")), progress)
report.of_severity("severe")
"""

from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.errors import VerdictError
from models.processor import usable_cores
from toolchain.data.audit.checks import check, check_names
from toolchain.data.audit.features import FEATURES, backbone_features
from toolchain.data.audit.finding import SEVERITIES, Answers, AuditReport, Finding
from toolchain.data.audit.material import gather
from toolchain.data.collection import Collection, read_collection
from toolchain.output import Progress


@dataclass(frozen=True)
class Request:
    """What was asked for: ``checks`` only these, all by default; ``skipped`` not these."""

    place: Path
    categories: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    features: Path = FEATURES
    seed: int = 0

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the checks that run."""
        return tuple(name for name in self.checks or check_names() if name not in self.skipped)


def audit(request: Request, progress: Progress) -> AuditReport:
    """Run the checks, and return what they found; the same dataset and seed give the same report.

    Raises:
        UnknownName: there is no such check.
        UserError: there is no dataset, or no picture in it.
    """
    checks = {name: check(name) for name in request.chosen}
    for name in request.skipped:
        check(name)
    collection = read_collection(request.place, request.categories)
    threads = usable_cores()
    features = partial(backbone_features, collection, request.features, threads, progress)
    material = gather(collection, threads, progress, seed=request.seed, features=features)
    findings = [finding for module in checks.values() for finding in module.look(material)]
    return AuditReport(
        place=str(request.place),
        rows=len(collection.entries),
        pictures=len(collection.pictures),
        categories={name: _answers(collection, name) for name in collection.categories},
        splits=dict(sorted(Counter(entry.split for entry in collection.pictures).items())),
        checks=tuple(checks),
        findings=tuple(sorted(findings, key=lambda one: SEVERITIES.index(one.severity))),
    )


def verdict(report: AuditReport) -> None:
    """Refuse a dataset with a severe finding.

    Raises:
        VerdictError: there is one.
    """
    severe = report.of_severity("severe")
    if severe:
        others = f"; and {len(severe) - 1} more" if len(severe) > 1 else ""
        raise VerdictError(report.place, f"{_counted(severe[0])}{others}", severe[0].advice)


def next_step(report: AuditReport) -> str:
    """Return what to do with a dataset that has no severe finding: split it, or train on it where it is split."""
    if set(report.splits) <= {""}:
        return f"Next: rct data split {report.place}"
    return f"Next: rct train {next(iter(report.categories), 'CATEGORY')} --data {report.place}"


def _counted(finding: Finding) -> str:
    return f"{finding.title} (got {finding.pictures:,} pictures)"


def _answers(collection: Collection, name: str) -> Answers:
    given = [entry.labels[name] for entry in collection.pictures if name in entry.labels]
    return Answers(yes=sum(given), no=len(given) - sum(given), unknown=len(collection.pictures) - len(given))
