"""What a server may be told: how much it takes in, how long it works on it, and on how many threads."""

from dataclasses import dataclass

from models.runtimes import Device

MAX_HELD_BODIES = 16
"""Bytes of bodies that are held at once, as a multiple of the largest body."""


@dataclass(frozen=True)
class Settings:
    """The limits of a server, and its threads.

    ``workers``: runs of the model at once, each with ``threads`` threads of its own. On a processor a run decodes its
    pictures, too; of a GPU ``decoders`` threads do. ``max_bytes`` of a body and ``max_pixels`` of a picture.
    ``timeout``: seconds from the request's head to its answer, the reading of the body included. ``queue``: requests
    that are worked on or wait. ``batch``: most pictures in a run; ``batch_wait``: seconds that a run waits for more of
    them. ``device``: what runs the model.
    """

    workers: int
    decoders: int = 1
    threads: int = 1
    max_bytes: int = 10_000_000
    max_pixels: int = 40_000_000
    timeout: float = 10.0
    queue: int = 128
    batch: int = 4
    batch_wait: float = 0.0
    device: Device = "cpu"

    @property
    def decoded_at_once(self) -> int:
        """Pictures that are decoded at the same time."""
        return self.workers if self.device == "cpu" else self.decoders

    def model_size(self, count: int) -> int:
        """Return how many of ``count`` pictures the model is given at once: on a processor a whole batch, or one."""
        return count if self.device == "cuda" or count == self.batch else 1

    @property
    def max_held_bytes(self) -> int:
        """Bytes of bodies that are held at once, over all requests."""
        return MAX_HELD_BODIES * self.max_bytes
