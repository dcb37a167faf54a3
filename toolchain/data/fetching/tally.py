"""What the rows of a ledger add up to."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

from toolchain.data.fetching.outcome import Outcome
from toolchain.data.item import Item
from toolchain.data.ledger import OK, Entry


def entry_of(source: str, item: Item, outcome: Outcome) -> Entry:
    """Return the row of a ledger: what the source said, and what became of it."""
    return Entry(
        key=item.key,
        source=item.source or source,
        labels=item.labels,
        group=item.group,
        md5=item.md5,
        rotation=item.rotation,
        split=item.split,
        licence=item.licence,
        author=item.author,
        landing_page=item.landing_page,
        **vars(outcome),
    )


def _plain(entry: Entry) -> dict[str, object]:
    return {**vars(entry), "labels": dict(entry.labels)}


@dataclass
class Tally:
    """Counts of rows, and one digest of them all in their order.

    Attributes:
        statuses: rows by status.
        bytes: of the pictures, once for each row.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    _sha256: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, entry: Entry) -> Entry:
        """Count a row, and return it."""
        self.statuses[entry.status] += 1
        self.bytes += entry.bytes
        self._sha256.update(json.dumps(_plain(entry), sort_keys=True).encode())
        return entry

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.statuses.total()

    @property
    def pictures(self) -> int:
        """How many of them have a picture."""
        return self.statuses[OK]

    @property
    def digest(self) -> str:
        """Return what two ledgers of the same rows have in common, 64 hexadecimal digits."""
        return self._sha256.hexdigest()

    def ordered(self) -> dict[str, int]:
        """Return the counts, pictures first, then what is most frequent."""
        names = sorted(self.statuses, key=lambda name: (name != OK, -self.statuses[name], name))
        return {name: self.statuses[name] for name in names}
