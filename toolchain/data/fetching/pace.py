"""How far a fetch is, how fast, and what goes wrong in it, in a line."""

from collections import Counter
from dataclasses import dataclass, field

from toolchain.data.fetching.outcome import Outcome
from toolchain.data.ledger import OK
from toolchain.output import Progress, size_text

_KINDS_TOLD = 3


@dataclass
class Pace:
    """Counts items as they are settled, and tells ``progress``.

    Attributes:
        progress: who is told.
        done: items settled, those of earlier fetches included.
        total: items that there are.
        began: when counting began, seconds of a monotonic clock.
    """

    progress: Progress
    done: int
    total: int
    began: float
    _settled: int = 0
    _bytes: int = 0
    _failures: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: Outcome) -> None:
        """Count one more."""
        self.done += 1
        self._settled += 1
        self._bytes += outcome.bytes
        if outcome.status != OK:
            self._failures[outcome.status] += 1

    def tell(self, now: float) -> None:
        """Tell how it stands, ``now`` being of the clock of ``began``."""
        self.progress("fetching", done=self.done, total=self.total, note=self.note(now))

    def note(self, now: float) -> str:
        """Return the rate and the most frequent failures: ``52/s, 3.1 MB/s, 12 http 404, 3 timed out``."""
        seconds = max(now - self.began, 1e-3)
        failures = sorted(self._failures.items(), key=lambda pair: (-pair[1], pair[0]))
        parts = [f"{self._settled / seconds:.0f}/s, {size_text(self._bytes / seconds)}/s"]
        parts += [f"{count:,} {status}" for status, count in failures[:_KINDS_TOLD]]
        if rest := sum(count for _, count in failures[_KINDS_TOLD:]):
            parts.append(f"{rest:,} other failures")
        return ", ".join(parts)
