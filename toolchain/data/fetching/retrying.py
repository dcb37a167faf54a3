"""When to try again: exponential back-off with full jitter, and what a server asks for in Retry-After.

Full jitter spreads clients best: a wait is uniform between nothing and the exponential bound (Brooker, "Exponential
Backoff And Jitter", AWS Architecture Blog, 2015).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from typing import TypeVar

from toolchain.data.fetching.outcome import Failed

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Backoff:
    """How often and how patiently.

    Attributes:
        tries: requests for one address, the first included.
        first: seconds that the first wait takes at the most; each further one up to twice as long.
        longest: seconds that no such wait exceeds.
        random: where the jitter comes from.
    """

    tries: int = 4
    first: float = 0.5
    longest: float = 60.0
    random: Random = field(default_factory=Random, compare=False)

    def waits(self) -> Iterator[float]:
        """Yield the seconds to wait before each further try, ``tries - 1`` of them."""
        for number in range(self.tries - 1):
            yield self.random.uniform(0, min(self.longest, self.first * 2**number))

    async def tried(self, attempt: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what ``attempt`` comes to.

        Raises:
            Failed: it failed for good, or ``tries`` times.
        """
        waits = self.waits()
        while True:
            try:
                return await attempt()
            except Failed as failed:
                wait = next(waits, None)
                if not failed.again or wait is None:
                    raise
            await asyncio.sleep(wait)


def may_help(status: int) -> bool:
    """Return whether a request that was answered with this HTTP status is worth another try."""
    return status in {408, 425, 429} or status >= 500


def retry_after(value: str | None, now: datetime | None = None) -> float:
    """Return the seconds that a Retry-After header asks for, 0 without one that makes sense (RFC 9110, 10.2.3)."""
    if not value:
        return 0.0
    if value.strip().isdecimal():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())
