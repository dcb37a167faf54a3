"""What to fetch, and what is known of its items from fetches before."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from models.document import Document
from toolchain.data.fetching.journal import Journal, identity
from toolchain.data.fetching.outcome import Outcome
from toolchain.data.item import Item
from toolchain.data.ledger import OK
from toolchain.data.problems import Problems
from toolchain.data.sources import source


@dataclass(frozen=True)
class Request:
    """What to fetch.

    Attributes:
        source: a name in toolchain.data.sources.
        inputs: the source's files or folders.
        settings: the source's ``Settings``.
        folder: where to.
        limit: how many items, from the first one on; all of them by default.
        retry_failed: try those again that failed before.
    """

    source: str
    inputs: tuple[Path, ...]
    settings: Document
    folder: Path
    limit: int | None = None
    retry_failed: bool = False

    def items(self, problems: Problems) -> Iterator[Item]:
        """Yield the items in the source's order."""
        return islice(source(self.source).read(self.inputs, self.settings, problems), self.limit)

    def settled(self, item: Item, journal: Journal) -> Outcome | None:
        """Return what became of ``item``, None where it has to be fetched (again): its picture is gone, for one."""
        outcome = journal.outcome(identity(item))
        if outcome is None or (outcome.status != OK and self.retry_failed):
            return None
        if outcome.status == OK and not _is_there(self.folder / outcome.file, outcome.bytes):
            return None
        return outcome


def _is_there(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False
