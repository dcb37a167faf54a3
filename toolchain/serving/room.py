"""How much the server holds at once: a bound on requests and one on the bytes of their bodies."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from toolchain.serving.refusals import Refused


@dataclass
class Place:
    """One request's share of a ``Room``."""

    room: "Room"
    held: int = 0

    def hold(self, size: int) -> None:
        """Count ``size`` more bytes.

        Raises:
            Refused: all requests together would hold too many.
        """
        if self.room.held_bytes + size > self.room.max_bytes:
            raise Refused("overloaded", "the server holds as many bytes as it may")
        self.held += size
        self.room.held_bytes += size


@dataclass
class Room:
    """At most ``max_requests`` requests and ``max_bytes`` bytes; used by one event loop, so nothing is locked."""

    max_requests: int
    max_bytes: int
    requests: int = field(default=0, init=False)
    held_bytes: int = field(default=0, init=False)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Yield a place, which is free again afterwards.

        Raises:
            Refused: there is none.
        """
        if self.requests >= self.max_requests:
            raise Refused("overloaded", "the server works on as many requests as it may")
        place = Place(self)
        self.requests += 1
        try:
            yield place
        finally:
            self.requests -= 1
            self.held_bytes -= place.held
