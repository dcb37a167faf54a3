"""What a fetch may take, of its own machine and of others'."""

from dataclasses import dataclass, field

from models.decoding import MAX_PIXELS
from toolchain.data.fetching.addresses import Exemption
from toolchain.data.fetching.retrying import Backoff


@dataclass(frozen=True)
class Limits:
    """The bounds of a fetch.

    Attributes:
        concurrency: requests at once.
        per_host: of these to one host.
        gap: seconds between the beginnings of two requests to one host, at the least.
        max_bytes: of a picture.
        max_pixels: of a picture, by its header.
        timeout: seconds for one request, from its beginning to the last byte.
        idle: seconds without a byte after which a request is given up.
        backoff: when a request is tried again.
        patience: seconds that a host may ask us to wait; one that asks for more is not waited for.
        private: places that may be connected to though their addresses are not public.
    """

    concurrency: int = 32
    per_host: int = 6
    gap: float = 0.02
    max_bytes: int = 32_000_000
    max_pixels: int = MAX_PIXELS
    timeout: float = 60.0
    idle: float = 15.0
    backoff: Backoff = field(default_factory=Backoff)
    patience: float = 600.0
    private: tuple[Exemption, ...] = ()
