"""Fingerprints of a whole dataset, taken by as many threads as there are cores, and kept beside it.

rows = take_all(paths, folder / STORE_FILE, threads=2, progress=progress)      # RECORD [paths]

A row is found again by the SHA-256 of the file's bytes: a file that was renamed is known, one that was changed is not.
What was taken is written every few thousand pictures and every half a minute, so that a killed run loses little. Where
the dataset cannot be written to, nothing is kept.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from toolchain.data.fingerprints.fingerprint import MISSING, RECORD, digest, take
from toolchain.output import Progress

STORE_FILE = Path(".audit", "fingerprints-1.npy")
"""Where they are kept, in the dataset's folder; the number is raised when a row would come out differently."""

_PICTURES_BETWEEN_WRITES = 4096
_SECONDS_BETWEEN_WRITES = 30.0
_AHEAD = 16


def take_all(paths: Sequence[Path], store: Path, threads: int, progress: Progress) -> NDArray[np.void]:
    """Return the rows of ``paths`` in their order, array of ``RECORD`` [paths], from ``store`` or taken now.

    Args:
        paths: the files.
        store: the file that rows are kept in; made, with its folder, where there is none.
        threads: how many pictures are looked at at once; each takes its pixels of memory.
        progress: told how far it is.
    """
    known = {row["sha256"].tobytes(): row for row in read_store(store)}
    rows = np.zeros(len(paths), RECORD)
    unsaved, written = 0, monotonic()
    for place, row in enumerate(_rows(paths, known, threads)):
        rows[place] = row
        key = row["sha256"].tobytes()
        if key not in known and row["fault"] != MISSING:
            known[key] = rows[place].copy()
            unsaved += 1
        if unsaved >= _PICTURES_BETWEEN_WRITES or (unsaved and monotonic() - written >= _SECONDS_BETWEEN_WRITES):
            _write(store, known)
            unsaved, written = 0, monotonic()
        progress("looking at pictures", done=place + 1, total=len(paths))
    if unsaved:
        _write(store, known)
    return rows


def read_store(store: Path) -> NDArray[np.void]:
    """Return what a store holds; nothing where there is none, or one that is not whole."""
    try:
        rows = np.load(store, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return np.zeros(0, RECORD)
    return np.asarray(rows) if rows.dtype == RECORD else np.zeros(0, RECORD)


def _rows(paths: Sequence[Path], known: dict[bytes, np.void], threads: int) -> Iterator[np.void]:
    """Yield the row of each path in order; few pictures are ahead of the reader."""

    def look(path: Path) -> np.void:
        there = known.get(digest(path) or b"")
        return take(path) if there is None else there

    waiting: deque[Future[np.void]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="fingerprints") as pool:
        try:
            for path in paths:
                waiting.append(pool.submit(look, path))
                if len(waiting) >= _AHEAD * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _write(store: Path, known: dict[bytes, np.void]) -> None:
    rows = np.array([known[key] for key in sorted(known)], RECORD)
    unfinished = store.with_name(f"{store.name}.part-{os.getpid()}")
    try:
        store.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    try:
        with unfinished.open("wb") as file:
            np.save(file, rows)
        os.replace(unfinished, store)  # noqa: PTH105
    except OSError:
        unfinished.unlink(missing_ok=True)
