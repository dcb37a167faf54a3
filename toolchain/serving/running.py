"""One run, on a thread: pictures are decoded that are not yet, and go through the model in sizes that it has met."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from models.runtimes import Predict
from toolchain.serving.decoding import Decoding, Pixels
from toolchain.serving.refusals import Refused
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch

Outcome = list[float] | BaseException
"""A picture's scores by category, or why there are none."""

_FAILED = "the model could not be run"


def run(predict: Predict, pictures: Sequence[Decoding], settings: Settings, watch: Watch) -> list[Outcome]:
    """Return what became of each picture; one that cannot be decoded costs no other its scores."""
    for picture in pictures:
        picture.run()
    ready = [picture.pixels.result() for picture in pictures if _is_there(picture)]
    scores = iter(_scores(predict, ready, settings, watch) if ready else ())
    return [next(scores) if _is_there(picture) else _why_not(picture) for picture in pictures]


def _scores(predict: Predict, pixels: Sequence[Pixels], settings: Settings, watch: Watch) -> list[Outcome]:
    began = perf_counter()
    size = settings.model_size(len(pixels))
    try:
        found: list[Outcome] = []
        for start in range(0, len(pixels), size):
            part = np.stack(pixels[start : start + size])
            watch.batch_size.observe(len(part))
            found += predict(part).tolist()
        if len(found) == len(pixels):
            return found
    except Exception as error:  # noqa: BLE001  whatever a runtime raises, each of its pictures gets an answer
        watch.runtime_failed(error)
    finally:
        watch.stage("model", perf_counter() - began)
    return [Refused("failed", _FAILED) for _ in pixels]


def _is_there(picture: Decoding) -> bool:
    return not picture.pixels.cancelled() and picture.pixels.exception() is None


def _why_not(picture: Decoding) -> BaseException:
    """Of one that was cancelled nobody asks any more."""
    error = None if picture.pixels.cancelled() else picture.pixels.exception()
    return error or Refused("hung_up", "nobody waits for it")
