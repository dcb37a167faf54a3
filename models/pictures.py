"""Which pictures are meant, and their pixels, a batch at a time.

paths = find_pictures(["photos/", "more/**/*.png", "cat.jpg"])
for batch in read_batches(paths, rule, batch_size=32):
    scores = predict(batch.pixels)                    # uint8 [n, height, width, 3]
    for path, error in batch.failures: ...            # reported; the others go on

read_labels(Path("photos"), ("adult", "cartoon"))     # {photos/cartoon/a.png: "cartoon", photos/other/b.jpg: "other"}
"""

import glob
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from models.errors import PictureError, UserError
from models.preprocessing import Preprocessing, decode, read_picture

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".apng", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
"""What a picture's name ends in where nobody named the file itself; the case of the letters does not matter."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures that were read, in the order asked for, and those among them that could not be.

    Attributes:
        paths: n files.
        pixels: their pixels, uint8 [n, height, width, 3], RGB. n is the batch size in all but the last batch, where
            it may be anything down to 0.
        failures: files that were passed over since the batch before, each with the reason.
    """

    paths: tuple[Path, ...]
    pixels: NDArray[np.uint8]
    failures: tuple[tuple[Path, PictureError], ...]


def find_pictures(arguments: Sequence[str | Path]) -> list[Path]:
    """Return the files that files, folders and glob patterns stand for, in their order, each file once.

    A file is taken whatever it is called. A folder stands for the pictures in it and in its folders, and a pattern
    (``**`` crosses folders) for the pictures it matches: both go by ``SUFFIXES``, sorted, without hidden ones.

    Raises:
        UserError: there is no such file or folder, or no picture in it, or none that matches.
    """
    found: dict[Path, Path] = {}
    for argument in arguments:
        for path in _expand(argument):
            found.setdefault(path.resolve(), path)
    return list(found.values())


def _expand(argument: str | Path) -> list[Path]:
    if argument == "":  # Path("") would be the whole working folder
        raise UserError("''", "an empty name is no picture")
    path = Path(argument)
    try:
        if path.is_dir():
            return _in_folder(path)
        if path.exists():
            return [path]
    except OSError as error:
        _refuse_unreadable(error)
    if glob.has_magic(str(argument)):
        return _matching(str(argument))
    raise UserError(argument, "no such file or folder")


def _in_folder(folder: Path) -> list[Path]:
    pictures: list[Path] = []
    for where, folders, files in os.walk(folder, onerror=_refuse_unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        pictures += (Path(where, name) for name in files if not name.startswith("."))
    pictures = sorted(path for path in pictures if path.suffix.lower() in SUFFIXES)
    if not pictures:
        raise UserError(folder, "no picture in this folder", f"Looked for {', '.join(sorted(SUFFIXES))}.")
    return pictures


def _refuse_unreadable(error: OSError) -> NoReturn:
    raise UserError(error.filename, f"cannot be read ({error.strerror})") from error


def _matching(pattern: str) -> list[Path]:
    matches = (Path(match) for match in glob.iglob(pattern, recursive=True))  # noqa: PTH207  Path.glob wants a root
    pictures = sorted({path for path in matches if path.suffix.lower() in SUFFIXES and path.is_file()})
    if not pictures:
        raise UserError(pattern, "no picture matches", f"Looked for {', '.join(sorted(SUFFIXES))}.")
    return pictures


Read = Callable[[Path, Preprocessing], NDArray[np.uint8]]
"""One picture from its file: uint8 [h, w, 3] RGB; raises PictureError."""


def read_batches(
    paths: Iterable[Path], rule: Preprocessing, batch_size: int, threads: int = 2, read: Read = read_picture
) -> Iterator[Batch]:
    """Decode and resize ``paths``, in their order, at most two batches ahead of the reader.

    Args:
        paths: the files, as ``find_pictures`` returns them; read lazily.
        rule: the network's preprocessing.
        batch_size: pictures per batch, at least 1.
        threads: how many pictures are decoded at once; each takes up to ``models.decoding.MAX_PIXELS`` of memory.
        read: what reads one, called on those threads; what it returns has the network's size.

    A picture that cannot be read is among the failures of the batch that its neighbours are in.
    """
    done: list[tuple[Path, NDArray[np.uint8]]] = []
    failures: list[tuple[Path, PictureError]] = []
    for path, result in _results(paths, rule, read, ahead=2 * batch_size, threads=threads):
        if isinstance(result, PictureError):
            failures.append((path, result))
            continue
        done.append((path, result))
        if len(done) == batch_size:
            yield _batch(done, failures, rule)
            done, failures = [], []
    if done or failures:
        yield _batch(done, failures, rule)


def read_whole(paths: Iterable[Path], rule: Preprocessing, threads: int = 2, read: Read = decode) -> Iterator[Batch]:
    """Decode ``paths`` one by one, in their order, and leave the resizing to others: uint8 [1, height, width, 3] each.

    As in ``read_batches`` a picture that cannot be read is a failure, here in a batch without pictures.
    """
    for path, result in _results(paths, rule, read, ahead=2 * threads, threads=threads):
        if isinstance(result, PictureError):
            yield Batch((), np.empty((0, rule.height, rule.width, 3), np.uint8), ((path, result),))
        else:
            yield Batch((path,), result[None], ())


def _results(
    paths: Iterable[Path],
    rule: Preprocessing,
    read: Read,
    *,
    ahead: int,
    threads: int,
) -> Iterator[tuple[Path, NDArray[np.uint8] | PictureError]]:
    """Yield what each path gave, in order, with at most ``ahead`` pictures decoded or waiting."""
    waiting: deque[tuple[Path, Future[NDArray[np.uint8] | PictureError]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="pictures") as pool:
        try:
            for path in paths:
                waiting.append((path, pool.submit(_read, read, path, rule)))
                if len(waiting) == ahead:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _read(read: Read, path: Path, rule: Preprocessing) -> NDArray[np.uint8] | PictureError:
    try:
        return read(path, rule)
    except PictureError as error:  # a new one: the traceback of this would keep the half-decoded picture in memory
        return PictureError(error.subject, error.problem, error.advice)


def _batch(
    read: list[tuple[Path, NDArray[np.uint8]]], failures: list[tuple[Path, PictureError]], rule: Preprocessing
) -> Batch:
    pixels = np.empty((len(read), rule.height, rule.width, 3), np.uint8)
    for row, (_, picture) in zip(pixels, read, strict=True):
        row[:] = picture
    return Batch(tuple(path for path, _ in read), pixels, tuple(failures))


def read_labels(folder: Path, labels: Sequence[str]) -> dict[Path, str] | None:
    """Return what each picture under ``folder`` shows by the name of the folder it lies in, or None without labels.

    In ``folder/<name>/…`` a name among ``labels`` makes its pictures positives of that category; those of any
    other name ("normal", "photo") are negatives of all. The keys are what ``find_pictures([folder])`` returns, in its
    order. There are no labels where no folder is named like a category.

    Raises:
        UserError: there is no such folder or no picture in it, or pictures lie beside the labelled folders.
    """
    if not folder.is_dir():
        raise UserError(folder, "no such folder")
    pictures = find_pictures([folder])
    names = {path: path.relative_to(folder).parts[:-1] for path in pictures}
    if not any(parts and parts[0] in labels for parts in names.values()):
        return None
    for path, parts in names.items():
        if not parts:
            raise UserError(path, "a picture beside the labelled folders", "Move it into one of them.")
    return {path: parts[0] for path, parts in names.items()}
