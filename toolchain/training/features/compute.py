"""The features of a dataset: what is not in the cache is computed, every core on pictures of its own.

    way = Way(extractor, rule, Views(4, seed=0))
    features = compute_features(dataset, way, folder, threads=2, progress=progress)
    features.values                      # float16 [pictures, 1 + 4, size]
    features.kept                        # which of dataset.examples they are

A thread reads, changes and resizes a few pictures, then runs the network over them on one core: nothing waits for
anything, so that all cores compute all of the time, and what comes out does not depend on how many there are.
"""

import hashlib
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.errors import PictureError, UserError
from models.manifest import file_sha256
from models.preprocessing import Preprocessing, decode, resize
from toolchain.data.dataset import Dataset, Example
from toolchain.output import Progress
from toolchain.training.features.cache import FeatureCache, Key, Row
from toolchain.training.features.network import Extractor
from toolchain.training.features.views import Views

_BATCH = 16
_BATCHES_PER_FILE = 16
_IN_MEMORY = 1 << 30
"""Bytes of features that are held in memory; more of them are mapped from a file that is gone when they are."""


@dataclass(frozen=True)
class Way:
    """Everything that features depend on, but for the pictures."""

    extractor: Extractor
    rule: Preprocessing
    views: Views

    def cache(self, folder: Path, views: Views) -> FeatureCache:
        """Return the cache below ``folder`` of plain pictures, or of views made as ``views`` says."""
        import PIL

        parts = (self.extractor.digest, self.rule.model_dump_json(), PIL.__version__, views.way)
        return FeatureCache(folder / hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24], self.extractor.size)


@dataclass(frozen=True, eq=False)
class Features:
    """``values`` float16 [kept, 1 + views, size]; ``kept`` int [kept], places in the dataset; why others are not."""

    values: NDArray[np.float16]
    kept: NDArray[np.intp]
    failures: tuple[PictureError, ...]


class _Work(NamedTuple):
    path: Path
    key: Key


def compute_features(dataset: Dataset, way: Way, folder: Path, threads: int, progress: Progress) -> Features:
    """Return the features of every picture and of its views, from the caches below ``folder`` or computed.

    Args:
        dataset: the pictures.
        way: network, preprocessing and views.
        folder: where caches lie, one for each way.
        threads: how many pictures are worked on at once.
        progress: told what is being done.

    Raises:
        UserError: no picture can be read.
    """
    works, failures = _keyed(dataset.examples, threads, progress)
    plain, changed = way.cache(folder, Views(0, 0)), way.cache(folder, way.views)
    views = range(1, 1 + way.views.number)
    problems = _complete(plain, list(works.values()), way, threads, progress)
    kept = {place: work for place, work in works.items() if not problems[work.key]}
    failures += [PictureError(work.path, problems[work.key]) for work in works.values() if problems[work.key]]
    if not kept:
        raise UserError(dataset.place, "no picture can be read", f"The first: {failures[0]}")
    changes = [_Work(work.path, work.key._replace(view=view)) for work in kept.values() for view in views]
    _complete(changed, changes, way, threads, progress)
    values = _room(folder, (len(kept), 1 + len(views), way.extractor.size))
    plain.read([work.key for work in kept.values()], values[:, 0])
    for view in views:
        changed.read([work.key._replace(view=view) for work in kept.values()], values[:, view])
    return Features(values, np.array(list(kept), np.intp), tuple(failures))


def _room(folder: Path, shape: tuple[int, int, int]) -> NDArray[np.float16]:
    if 2 * shape[0] * shape[1] * shape[2] <= _IN_MEMORY:
        return np.empty(shape, np.float16)
    with tempfile.TemporaryFile(dir=folder) as file:
        return np.memmap(file, np.float16, "w+", shape=shape)


def _keyed(
    examples: Sequence[Example], threads: int, progress: Progress
) -> tuple[dict[int, _Work], list[PictureError]]:
    """Return, by its place, what is to be looked at for each picture that is there, and why others are not."""
    works: dict[int, _Work] = {}
    failures: list[PictureError] = []
    with ThreadPoolExecutor(threads) as pool:
        for place, found in enumerate(pool.map(_digest, (example.path for example in examples))):
            if isinstance(found, PictureError):
                failures.append(found)
            else:
                example = examples[place]
                works[place] = _Work(example.path, Key(found, _turns(example), 0))
            progress("looking for known pictures", done=place + 1, total=len(examples))
    return works, failures


def _digest(path: Path) -> bytes | PictureError:
    try:
        return bytes.fromhex(file_sha256(path))
    except OSError as error:
        return PictureError(path, f"cannot be read ({error.strerror})")


def _complete(
    cache: FeatureCache, works: Sequence[_Work], way: Way, threads: int, progress: Progress
) -> dict[Key, str]:
    """Compute those of ``works`` that the cache lacks; return all its keys, with the reasons for what has none."""
    known = cache.known() if works else {}
    missing = list({work.key: work for work in reversed(works) if work.key not in known}.values())[::-1]
    if not missing:
        return known
    rows: list[Row] = []
    done = 0
    for batch in _batches(missing, way, threads):
        rows += batch
        done += len(batch)
        progress("computing features", done=done, total=len(missing))
        if len(rows) >= _BATCH * _BATCHES_PER_FILE or done == len(missing):
            cache.write(rows)
            known.update((row.key, row.problem) for row in rows)
            rows = []
    return known


def _batches(works: Sequence[_Work], way: Way, threads: int) -> Iterator[list[Row]]:
    """Yield the rows of ``works``, a batch at a time and in their order; few batches are ahead of the reader."""
    batches = (works[start : start + _BATCH] for start in range(0, len(works), _BATCH))
    waiting: deque[Future[list[Row]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="features") as pool:
        try:
            waiting.extend(pool.submit(_rows, batch, way) for batch in islice(batches, 2 * threads))
            while waiting:
                rows = waiting.popleft().result()
                waiting.extend(pool.submit(_rows, batch, way) for batch in islice(batches, 1))
                yield rows
        finally:
            pool.shutdown(cancel_futures=True)


def _rows(works: Sequence[_Work], way: Way) -> list[Row]:
    """Return a batch's rows; a picture is decoded once for all of its views that follow each other."""
    pixels: list[NDArray[np.uint8] | PictureError] = []
    last: Key | None = None
    picture: NDArray[np.uint8] | PictureError
    for path, key in works:
        if last is None or last._replace(view=key.view) != key:
            picture, last = _decode(path, way.rule, key.turns), key
        if not isinstance(picture, PictureError):
            changed = way.views.make(picture, key.picture, key.view) if key.view else picture
            pixels.append(resize(changed, way.rule))
        else:
            pixels.append(picture)
    readable = [one for one in pixels if not isinstance(one, PictureError)]
    features = iter(way.extractor.extract(np.stack(readable)) if readable else ())
    return [
        Row(key, None, one.problem) if isinstance(one, PictureError) else Row(key, next(features))
        for (_, key), one in zip(works, pixels, strict=True)
    ]


def read_example(example: Example, rule: Preprocessing) -> NDArray[np.uint8]:
    """Return a picture as the network sees it, turned as its dataset says: uint8 [rule.height, rule.width, 3].

    Raises:
        PictureError: it cannot be read.
    """
    return resize(_turned(example.path, rule, _turns(example)), rule)


def _turns(example: Example) -> int:
    return example.rotation // 90 % 4


def _turned(path: Path, rule: Preprocessing, turns: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.rot90(decode(path, rule), turns))


def _decode(path: Path, rule: Preprocessing, turns: int) -> NDArray[np.uint8] | PictureError:
    try:
        return _turned(path, rule, turns)
    except PictureError as error:  # a new one: the traceback of this would keep the half-decoded picture in memory
        return PictureError(error.subject, error.problem, error.advice)
