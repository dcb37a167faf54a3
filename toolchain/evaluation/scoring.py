"""Scores of the pictures of a dataset, as they are or changed on the way.

scorer = Scorer.load(bundle, RuntimeOptions(), None, batch_size=16)
scored = scorer.score(dataset.examples, progress)
scored.scores, scored.failures
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import PictureError
from models.picture_sizes import takes_any_size
from models.pictures import read_batches, read_whole
from models.preprocessing import Preprocessing, decode, resize
from models.runtimes import Predict, RuntimeOptions, load_runtime
from toolchain.data.dataset import Example
from toolchain.output import Progress

Pixels = NDArray[np.uint8]
Change = Callable[[int, Pixels], Pixels]
"""From a picture's place among the examples and its pixels, as decoded, to other pixels."""


@dataclass(frozen=True, eq=False)
class Scored:
    """``places``: int [n], of the examples that could be read, ascending; ``scores``: float32 [n, categories].

    ``failures``: the others, each with its reason.
    """

    places: NDArray[np.intp]
    scores: NDArray[np.float32]
    failures: tuple[tuple[Path, PictureError], ...]


@dataclass(frozen=True)
class Scorer:
    """A loaded bundle that scores examples: ``predict`` of ``bundle``, so many pictures at once."""

    bundle: Bundle
    predict: Predict
    batch_size: int

    @classmethod
    def load(cls, bundle: Bundle, options: RuntimeOptions, runtime: str | None, batch_size: int) -> "Scorer":
        """Load ``bundle``; one that resizes by itself gets whole pictures, as it will where it works.

        Raises:
            UnavailableError: what should run it is not there.
        """
        options = replace(options, whole=takes_any_size(bundle.manifest))
        return cls(bundle, load_runtime(bundle, options, runtime), batch_size)

    def score(
        self, examples: Sequence[Example], progress: Progress, text: str = "scoring", change: Change | None = None
    ) -> Scored:
        """Score ``examples`` in their order, turned as their rotation says and then changed by ``change``.

        A file that several examples share is read once. Pictures that cannot be read are left out and reported.
        """
        reading = Reading(examples, change)
        places = reading.places
        rule = self.bundle.manifest.spec.preprocessing
        if takes_any_size(self.bundle.manifest):
            batches = read_whole(places, rule, read=reading.whole)
        else:
            batches = read_batches(places, rule, self.batch_size, read=reading.resized)
        by_path: dict[Path, NDArray[np.float32]] = {}
        failures: list[tuple[Path, PictureError]] = []
        for batch in batches:
            failures += batch.failures
            if batch.paths:
                by_path |= zip(batch.paths, self.predict(batch.pixels), strict=True)
            progress(text, done=len(by_path) + len(failures), total=len(places))
        kept = [place for place, example in enumerate(examples) if example.path in by_path]
        scores = [by_path[examples[place].path] for place in kept]
        columns = len(self.bundle.manifest.spec.labels)
        return Scored(
            np.array(kept, np.intp), np.array(scores, np.float32).reshape(len(kept), columns), tuple(failures)
        )


@dataclass(frozen=True)
class Reading:
    """How the picture of an example is read, by its path: decoded, turned as its rotation says, changed."""

    examples: Sequence[Example]
    change: Change | None = None

    @cached_property
    def places(self) -> dict[Path, int]:
        """The place of each file among the examples; of several that share it, the last."""
        return {example.path: place for place, example in enumerate(self.examples)}

    def whole(self, path: Path, rule: Preprocessing) -> Pixels:
        """Return the picture at its own size, uint8 [h, w, 3].

        Raises:
            PictureError: it cannot be read.
        """
        place = self.places[path]
        pixels = np.ascontiguousarray(np.rot90(decode(path, rule), self.examples[place].rotation // 90))
        return pixels if self.change is None else self.change(place, pixels)

    def resized(self, path: Path, rule: Preprocessing) -> Pixels:
        """Return the picture at the network's size; raises as ``whole`` does."""
        return resize(self.whole(path, rule), rule)
