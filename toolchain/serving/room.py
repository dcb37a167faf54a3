"""How much the server holds at once: a bound on requests and one on the bytes of their bodies."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from toolchain.serving.refusals import Refused

if TYPE_CHECKING:
    from toolchain.serving.decoding import Decoding


@dataclass(eq=False)
class Place:
    """One request's share of a ``Room``.

    ``decoding``: what a thread does with the body. Once begun it cannot be stopped: the place is taken until its end.
    ``until``: when it ought to have ended, in the loop's time.
    """

    room: "Room"
    held: int = 0
    decoding: "Decoding | None" = None
    until: float = inf

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
    """At most ``max_requests`` requests and ``max_bytes`` bytes; used by one event loop, so nothing is locked.

    Where all of ``decoders`` are at pictures whose time is over, nobody else's would be decoded in time.
    """

    max_requests: int
    max_bytes: int
    decoders: int
    requests: int = field(default=0, init=False)
    held_bytes: int = field(default=0, init=False)
    _lingering: set[Place] = field(default_factory=set, init=False)

    @property
    def is_stuck(self) -> bool:
        """Whether every decoder is at a picture whose time is over."""
        now = asyncio.get_running_loop().time()
        return sum(place.until <= now for place in self._lingering) >= self.decoders

    @contextmanager
    def place(self) -> Iterator[Place]:
        """Yield a place, which is free again afterwards, once no thread works for it any more.

        Raises:
            Refused: there is none.
        """
        if self.requests >= self.max_requests:
            raise Refused("overloaded", "the server works on as many requests as it may")
        if self.is_stuck:
            raise Refused("overloaded", "every decoder works on a picture that takes too long")
        place = Place(self)
        self.requests += 1
        try:
            yield place
        finally:
            if place.decoding is None or place.decoding.give_up():
                self._free(place)
            else:
                self._lingering.add(place)
                loop = asyncio.get_running_loop()
                place.decoding.pixels.add_done_callback(lambda _: loop.call_soon_threadsafe(self._free, place))

    def _free(self, place: Place) -> None:
        self._lingering.discard(place)
        self.requests -= 1
        self.held_bytes -= place.held
