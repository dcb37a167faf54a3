"""A picture that is decoded once, on whichever thread comes to it, or never if nobody waits for it any more.

decoding = Decoding(lambda: read_pixels(content, rule, max_pixels))
decoding.run()                                              # does nothing the second time, or once it was given up
pixels = decoding.pixels.result()
"""

from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


class Decoding:
    """``read`` gives uint8 [height, width, 3], or raises; ``pixels`` is where that goes.

    ``read`` holds the picture's bytes, so it is let go of as soon as it has begun or never will.
    """

    def __init__(self, read: Callable[[], Pixels]) -> None:
        self.pixels: Future[Pixels] = Future()
        self._read: Callable[[], Pixels] | None = read

    def run(self) -> None:
        """Decode on this thread; only one thread may come here at a time."""
        read, self._read = self._read, None
        if read is None or not self.pixels.set_running_or_notify_cancel():
            return
        try:
            self.pixels.set_result(read())
        except BaseException as error:  # noqa: BLE001  whoever waits gets it, whatever it is
            self.pixels.set_exception(error.with_traceback(None))  # its traceback would hold the picture's bytes

    def give_up(self) -> bool:
        """Let nobody begin; return whether no thread works at it, now or later."""
        if self.pixels.cancel():
            self._read = None
        return self.pixels.done()
