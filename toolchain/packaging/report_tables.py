"""A package's verification for a reader."""

from collections.abc import Iterator

from rich.console import RenderableType

from models.errors import VerdictError
from toolchain.output import size_text
from toolchain.packaging.report import PackageReport, RuntimeRow
from toolchain.table import facts, title, verdict

_SIGNATURES = {
    "good": "good: signed by the owner of that key",
    "wrong": "not that of the key that was given",
    "missing": "there is none, and a key was given",
    "not checked": "there is one; --verify-key checks whose",
    "none": "there is none",
}


def package_tables(report: PackageReport) -> list[RenderableType]:
    """Return everything that ``rct package verify`` found, the verdict last."""
    outcome = facts([("", verdict(report.passed)), *(("", line) for line in report.failures)])
    return [title(f"{report.name}, for {report.target}"), facts(list(_rows(report))), title("verdict"), outcome]


def failed(report: PackageReport) -> VerdictError:
    """Return the one line of a package that did not pass: the first failure, and how many there are."""
    first, *others = report.failures
    more = f", and {len(others)} more" if others else ""
    return VerdictError(report.package, f"{first}{more}", "Do not use it; get it again.")


def _rows(report: PackageReport) -> Iterator[tuple[str, str]]:
    wrong = len(report.altered) + len(report.missing) + len(report.unlisted) + len(report.strange)
    yield "signature", _SIGNATURES[report.signature]
    yield (
        "files",
        f"{report.files}, {size_text(report.bytes)}, {f'{wrong} wrong' if wrong else 'every digest is right'}",
    )
    for row in report.runtimes:
        yield row.name, _outcome(row)


def _outcome(row: RuntimeRow) -> str:
    if row.golden is None:
        return f"not looked at: {row.unavailable}"
    golden = row.golden
    found = f"{golden.pictures} golden pictures, scores within {golden.scores:.2g} (limit {golden.limit:g})"
    if golden.bundle_scores is None:
        return found
    return f"{found}, {golden.bundle_scores:.2g} of its own (limit {golden.bundle_limit:g})"
