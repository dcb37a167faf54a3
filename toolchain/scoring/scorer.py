"""One process's work: a bundle in memory, and units of the plan into shards.

    with open_scorer(job) as scorer:
        scored = scorer.score(3)               # part-00003.parquet is there, and whole

Threads read and decode ahead of the model, two batches at the most.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import PictureError
from models.frames import has_several_frames
from models.picture_sizes import takes_any_size
from models.preprocessing import decode, read_picture
from models.runtimes import Predict, RuntimeOptions, load_runtime
from toolchain.references import open_reference
from toolchain.scoring.contents import Content, contents
from toolchain.scoring.downloads import AT_ONCE, Downloads
from toolchain.scoring.job import Job
from toolchain.scoring.plan import PLAN_FILE, read_unit, shard_name
from toolchain.scoring.reference import Reference
from toolchain.scoring.shard import Row, has_rows, write_shard
from toolchain.tensorflow_noise import quiet_keras

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.spec import ClassifierSpec


@dataclass(frozen=True)
class _Read:
    """An input that was looked at: its pixels (uint8 [h, w, 3]), or why there are none."""

    reference: Reference
    sha256: str = ""
    pixels: "NDArray[np.uint8] | None" = None
    error: PictureError | None = None


@dataclass(frozen=True)
class Scorer:
    """A bundle that is ready, and where its pictures come from."""

    job: Job
    spec: "ClassifierSpec"
    predict: Predict
    whole: bool
    downloads: Downloads
    _decoding: threading.Semaphore

    def score(self, unit: int) -> int:
        """Score a unit, write its shard, and return how many inputs it has; nothing is done where the shard is there.

        Raises:
            RctError: the bundle cannot be run.
            OSError: the shard cannot be written.
        """
        rows = self.job.plan.rows(unit)
        target = self.job.folder / shard_name(unit)
        if not has_rows(target, rows):
            references = read_unit(self.job.folder / PLAN_FILE, self.job.plan.shard_rows, unit)
            write_shard(target, self.rows(references), self.spec.labels)
        return rows

    def rows(self, references: Sequence[Reference]) -> Iterator[Row]:
        """Yield a row for each reference, in their order."""
        batch: list[_Read] = []
        size = 1 if self.whole else self.job.batch
        for read in self._read_ahead(references, size):
            batch.append(read)
            if sum(one.pixels is not None for one in batch) == size:
                yield from self._scored(batch)
                batch = []
        yield from self._scored(batch)

    def _scored(self, batch: Sequence[_Read]) -> Iterator[Row]:
        import numpy as np

        pixels = [one.pixels for one in batch if one.pixels is not None]
        scores = iter(self.predict(np.stack(pixels)).tolist() if pixels else [])
        for one in batch:
            if one.error is not None:
                yield Row(one.reference.input, one.sha256, (), "review", _kind(one.error), str(one.error))
            else:
                found = next(scores)
                verdict = self.spec.verdict(dict(zip(self.spec.labels, found, strict=True)))
                yield Row(one.reference.input, one.sha256, tuple(found), verdict)

    def _read_ahead(self, references: Sequence[Reference], size: int) -> Iterator[_Read]:
        remote = any(one.url for one in references)
        ahead = max(2 * size, AT_ONCE if remote else self.job.threads + 1)
        waiting: deque[Future[_Read]] = deque()
        with ThreadPoolExecutor(AT_ONCE if remote else self.job.threads, thread_name_prefix="pictures") as pool:
            try:
                for reference, content in contents(references, self.downloads):
                    waiting.append(pool.submit(self._read, reference, content))
                    if len(waiting) >= ahead:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _read(self, reference: Reference, content: Content) -> _Read:
        digest, read = "", decode if self.whole else read_picture
        try:
            encoded = content()
            digest = hashlib.sha256(encoded).hexdigest()
            with self._decoding:
                pixels = read(encoded, self.spec.preprocessing, reference.input)
                if has_several_frames(encoded):
                    raise PictureError(reference.input, "several frames, and only the first would be scored")
            return _Read(reference, digest, pixels)
        except PictureError as error:  # a new one: the traceback of this would keep the half-decoded picture in memory
            return _Read(reference, digest, error=PictureError(error.subject, error.problem, error.advice))


def _kind(error: PictureError) -> str:
    """Return what errors of this sort have in common: the problem without what is told of this one."""
    return error.problem.partition(" (")[0]


@contextmanager
def open_scorer(job: Job) -> Iterator[Scorer]:
    """Load the job's bundle.

    Raises:
        RctError: it is not whole, or what should run it is not there.
    """
    bundle = open_reference(job.bundle)
    if bundle.manifest.format == "keras":
        quiet_keras()
    whole = takes_any_size(bundle.manifest)
    options = RuntimeOptions(device=job.device, threads=job.threads, whole=whole)
    predict = load_runtime(bundle, options, job.runtime)
    with Downloads(job.private) as downloads:
        yield Scorer(job, bundle.manifest.spec, predict, whole, downloads, threading.Semaphore(job.threads))
