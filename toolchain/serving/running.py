"""One run, on a thread: decoded pictures go through the model, on a processor in sizes that it has met before."""

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

FAILED = "the model could not be run"


def run(predict: Predict, pictures: Sequence[Decoding], settings: Settings, watch: Watch) -> list[Outcome]:
    """Return what became of each picture; one that could not be decoded costs no other its scores."""
    ready = [picture.pixels.result() for picture in pictures if _is_there(picture)]
    scores = iter(_scores(predict, ready, settings, watch) if ready else ())
    return [next(scores) if _is_there(picture) else _why_not(picture) for picture in pictures]


def _scores(predict: Predict, pixels: Sequence[Pixels], settings: Settings, watch: Watch) -> list[Outcome]:
    size = settings.model_size(len(pixels))
    try:
        found: list[Outcome] = []
        for start in range(0, len(pixels), size):
            part = np.stack(pixels[start : start + size])
            watch.batch_size.observe(len(part))
            began = perf_counter()
            found += predict(part).tolist()
            watch.stage("model", perf_counter() - began)
        if len(found) == len(pixels):
            return found
    except Exception as error:  # noqa: BLE001  whatever a runtime raises, each of its pictures gets an answer
        watch.runtime_failed(error)
    return [Refused("failed", FAILED) for _ in pixels]


def _is_there(picture: Decoding) -> bool:
    return not picture.pixels.cancelled() and picture.pixels.exception() is None


def _why_not(picture: Decoding) -> BaseException:
    """Return why there are no pixels; where they were given up, nobody asks any more."""
    error = None if picture.pixels.cancelled() else picture.pixels.exception()
    return error or Refused("hung_up", "nobody waits for it")
