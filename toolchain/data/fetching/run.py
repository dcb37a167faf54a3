"""A fetch from its beginning to its ledger.

    report = fetch(Request("url-list", (Path("urls.txt"),), settings, Path("data/mine")), Limits(), progress)

The source is read three times, an item at a time: to see what is left to do, to do it, and to write the ledger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from models.errors import UserError
from toolchain.data.fetching.folder import continued, describe, write_record
from toolchain.data.fetching.journal import Journal, identity, open_journal, read_journal
from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.placeholders import PLACEHOLDERS
from toolchain.data.fetching.request import Request
from toolchain.data.fetching.settling_all import settle_all
from toolchain.data.fetching.tally import Tally, entry_of
from toolchain.data.ledger import LEDGER_FILE, is_whole, read_ledger, write_ledger
from toolchain.data.problems import Problems
from toolchain.output import Progress


@dataclass(frozen=True)
class Report:
    """What came of a fetch.

    Attributes:
        folder: the dataset's.
        tally: of its ledger's rows.
        settled: how many items were fetched, tried or looked at this time.
        problems: of the source's rows.
        repaired: the ledger that was there could not be read and was made anew, without the splits that were drawn.
    """

    folder: Path
    tally: Tally
    settled: int
    problems: Problems
    repaired: bool = False


def fetch(
    request: Request, limits: Limits, progress: Progress, placeholders: Mapping[str, str] = PLACEHOLDERS
) -> Report:
    """Fetch what is not settled yet, and write the ledger if it has changed.

    Args:
        request: what, and where to.
        limits: what that may take.
        progress: told how far it is.
        placeholders: MD5 of files that stand for a missing picture, and whose they are.

    Raises:
        UserError: the source cannot read its inputs or finds nothing in them, the folder belongs to another fetch, or
            another process fetches into it.
    """
    record = continued(request.folder, describe(request.source, request.inputs, request.settings, request.folder))
    problems = Problems()
    progress("reading the source")
    with read_journal(request.folder) as journal:
        tally, missing = _survey(request, journal, problems)
    total = tally.rows + missing
    if not total:
        raise UserError(request.source, "nothing in its inputs", "; ".join(problems.lines()))
    if not missing and tally.digest == record.ledger and is_whole(request.folder, tally.rows):
        return Report(request.folder, tally, 0, problems)
    write_record(request.folder, record)
    with open_journal(request.folder) as writer:
        if missing:
            settle_all(request, limits, writer, placeholders, progress, tally.rows, total)
        progress("writing the ledger")
        splits = _splits(request.folder)
        with read_journal(request.folder) as journal:
            tally = _write(request, journal, splits or {})
        write_record(request.folder, record.model_copy(update={"ledger": tally.digest}))
    return Report(request.folder, tally, missing, problems, repaired=splits is None)


def _survey(request: Request, journal: Journal, problems: Problems) -> tuple[Tally, int]:
    """Return the tally of what is settled, and how many items are not."""
    tally, missing = Tally(), 0
    for item in request.items(problems):
        outcome = request.settled(item, journal)
        if outcome is None:
            missing += 1
        else:
            tally.add(entry_of(request.source, item, outcome))
    return tally, missing


def _write(request: Request, journal: Journal, splits: Mapping[str, str]) -> Tally:
    tally = Tally()
    items = ((item, journal.outcome(identity(item))) for item in request.items(Problems()))
    entries = (tally.add(entry_of(request.source, item, outcome)) for item, outcome in items if outcome is not None)
    write_ledger(request.folder, (replace(one, split=one.split or splits.get(one.key, "")) for one in entries))
    return tally


def _splits(folder: Path) -> dict[str, str] | None:
    """Return what rct data split has written into the ledger that is there, to keep it; None if it cannot be read."""
    if not (folder / LEDGER_FILE).is_file():
        return {}
    try:
        return {entry.key: entry.split for entry in read_ledger(folder) if entry.split}
    except UserError:
        return None
