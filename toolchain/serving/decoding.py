"""A picture that is decoded once, on whichever thread comes to it, or never if nobody waits for it any more.

decoding = Decoding(lambda: read_pixels(content, rule, max_pixels))
decoding.run()                                              # does nothing the second time, or once it was cancelled
pixels = decoding.pixels.result()
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Decoding:
    """``read`` gives uint8 [height, width, 3], or raises; ``pixels`` is where that goes, or says that nobody waits."""

    read: Callable[[], Pixels]
    pixels: "Future[Pixels]" = field(default_factory=Future)

    def run(self) -> None:
        """Decode on this thread; only one thread may come here at a time."""
        if self.pixels.done() or not self.pixels.set_running_or_notify_cancel():
            return
        try:
            self.pixels.set_result(self.read())
        except BaseException as error:  # noqa: BLE001  whoever waits gets it, whatever it is
            self.pixels.set_exception(error)
