"""What came of a fetch, for programs and for eyes."""

from typing import TYPE_CHECKING

from models.document import Document
from models.errors import UserError
from toolchain.data.fetching.run import Report
from toolchain.data.ledger import LEDGER_FILE
from toolchain.output import size_text

if TYPE_CHECKING:
    from rich.console import RenderableType

_ADVICE = {
    "private address": "If the servers are yours, fetch again with --allow-private HOST:PORT --retry-failed.",
    "host not found": "Is there a network? The same command tries again with --retry-failed.",
}
"""By the status of an item, where there is more to say than where to look."""


class FetchReport(Document):
    """The document of a fetch.

    Attributes:
        folder: the dataset's.
        items: rows of its ledger.
        pictures: those of them that have a picture.
        bytes: of these, each counted once for each row.
        settled: items that were fetched, tried or looked at this time; the others were known from before.
        statuses: rows by status, "ok" among them.
        problems: rows of the source's inputs that it could not use, by kind.
    """

    folder: str
    items: int
    pictures: int
    bytes: int
    settled: int
    statuses: dict[str, int]
    problems: dict[str, int]


def report_document(report: Report) -> FetchReport:
    """Return the document."""
    return FetchReport(
        folder=str(report.folder),
        items=report.tally.rows,
        pictures=report.tally.pictures,
        bytes=report.tally.bytes,
        settled=report.settled,
        statuses=report.tally.ordered(),
        problems=report.problems.counts,
    )


def report_tables(report: Report) -> "list[RenderableType]":
    """Return the counts by status, for eyes."""
    from toolchain.table import table, title

    tally = report.tally
    heading = f"{report.folder}: {tally.pictures:,} of {tally.rows:,} items have a picture, {size_text(tally.bytes)}"
    rows = [(status, f"{count:,}") for status, count in tally.ordered().items()]
    return [title(heading), table(("status", "items"), rows, right=("items",))]


def check(report: Report) -> None:
    """Refuse a dataset without a picture.

    Raises:
        UserError: no item has one.
    """
    if not report.tally.pictures:
        reasons = ", ".join(f"{count:,} {status}" for status, count in report.tally.ordered().items())
        advice = [advice for status, advice in _ADVICE.items() if status in report.tally.ordered()]
        raise UserError(
            report.folder,
            f"no picture came of what it names (got {reasons})",
            " ".join(advice) or f"Its ledger has each item's reason: {report.folder / LEDGER_FILE}.",
        )
