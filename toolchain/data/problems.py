"""What is wrong with the rows of an input, counted by kind, so that one bad row does not end the reading.

problems = Problems()
problems.add("no MID", "labels.csv:17")
problems.counts            # {"no MID": 1}
"""

from dataclasses import dataclass, field

_EXAMPLES_KEPT = 5


@dataclass
class Problems:
    """Counts by kind, and where the first few of each kind were met."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, where: str) -> None:
        """Count one more of ``kind``, met at ``where`` ("labels.csv:17")."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        kept = self.examples.setdefault(kind, [])
        if len(kept) < _EXAMPLES_KEPT:
            kept.append(where)

    def lines(self) -> list[str]:
        """Return one line per kind, most frequent first: ``no MID: 3 rows, first at labels.csv:17``."""
        ordered = sorted(self.counts, key=lambda kind: (-self.counts[kind], kind))
        return [f"{kind}: {_rows(self.counts[kind])}, first at {self.examples[kind][0]}" for kind in ordered]


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"
