"""What two classifiers said of the same pictures: the run, kept apart from the judgement so that it can be kept.

observations = observe(original, candidate, batches, ids=names)
observations.save(Path("observations.npz"))
judge(Observations.load(Path("observations.npz")), spec, tolerance)     # benchmarks.parity; as often as you like
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError
from models.runtimes import Predict


@dataclass(frozen=True, eq=False)
class Observations:
    """Raw scores, and labels where there are any.

    ``original`` and ``candidate``: float32 [n, categories], in the order of the spec's categories; what a classifier
    returned, nan included. ``ids``: n distinct names of pictures. ``truth``: bool [n, categories], or None.

    Raises:
        UserError: no pictures, shapes that do not agree, or an id that occurs twice.
    """

    original: NDArray[np.float32]
    candidate: NDArray[np.float32]
    ids: tuple[str, ...]
    truth: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        shape = self.original.shape
        if self.original.ndim != 2 or not self.original.size:
            raise UserError(
                "scores of the original", f"not [pictures, categories] (got {list(shape)})", "Give pictures."
            )
        if self.candidate.shape != shape:
            problem = f"not shaped like the original's (got {list(self.candidate.shape)}, not {list(shape)})"
            raise UserError("scores of the candidate", problem, "Compare classifiers with the same categories.")
        if len(self.ids) != shape[0]:
            raise UserError(
                "picture ids", f"not one for each picture (got {len(self.ids)} for {shape[0]})", "Match them."
            )
        if len(set(self.ids)) != len(self.ids):
            twice = next(name for name in self.ids if self.ids.count(name) > 1)
            raise UserError("picture ids", f"one occurs twice (got {twice!r})", "Give every picture its own.")
        if self.truth is not None and self.truth.shape != shape:
            problem = f"not shaped like the scores (got {list(self.truth.shape)}, not {list(shape)})"
            raise UserError("labels", problem, "Give one for each picture and category.")

    def save(self, path: Path) -> None:
        """Write everything to ``path``, a NumPy npz archive without pickles.

        Raises:
            UserError: the file cannot be written.
        """
        arrays = {"original": self.original, "candidate": self.candidate, "ids": np.array(self.ids, dtype=np.str_)}
        if self.truth is not None:
            arrays["truth"] = self.truth
        try:
            with path.open("wb") as stream:
                np.savez_compressed(stream, allow_pickle=False, **arrays)
        except OSError as error:
            raise UserError(path, f"cannot be written ({error.strerror or error})", "Choose another place.") from error

    @classmethod
    def load(cls, path: Path) -> "Observations":
        """Read what ``save`` wrote.

        Raises:
            UserError: the file is missing, or is not one of ours.
        """
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
                arrays = dict(archive)
            truth = arrays.get("truth")
            return cls(
                original=arrays["original"].astype(np.float32),
                candidate=arrays["candidate"].astype(np.float32),
                ids=tuple(arrays["ids"].tolist()),
                truth=None if truth is None else truth.astype(np.bool_),
            )
        except KeyError as error:
            raise UserError(path, f"not saved observations (got no {error.args[0]})", "Observe again.") from error
        except (OSError, EOFError, BadZipFile, zlib.error, ValueError, TypeError, RuntimeError) as error:
            reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
            raise UserError(path, f"not saved observations ({reason})", "Observe again.") from error


def observe(
    original: Predict,
    candidate: Predict,
    batches: Iterable[NDArray[np.uint8]],
    *,
    ids: Sequence[str] | None = None,
    truth: NDArray[np.bool_] | None = None,
) -> Observations:
    """Run both classifiers over ``batches`` (uint8 [b, height, width, 3] RGB each), one batch in memory at a time.

    Empty batches are passed over. ``ids`` name the pictures in their order, without them they are numbered from "0";
    ``truth`` is as in ``Observations``.

    Raises:
        UserError: a classifier did not return one row of scores for each picture, or ``Observations`` objects.
    """
    before: list[NDArray[np.float32]] = []
    after: list[NDArray[np.float32]] = []
    for batch in filter(len, batches):
        before.append(_scores("original", original, batch))
        after.append(_scores("candidate", candidate, batch))
    if not before:
        raise UserError("pictures", "none to compare on (got 0 batches)", "Give at least one picture.")
    count = sum(map(len, before))
    names = tuple(ids) if ids is not None else tuple(map(str, range(count)))
    return Observations(_joined("original", before), _joined("candidate", after), names, truth)


def _scores(who: str, predict: Predict, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
    scores = np.asarray(predict(batch), dtype=np.float32)
    if scores.ndim != 2 or len(scores) != len(batch):
        problem = f"not one row of scores for each picture (got {list(scores.shape)} for {len(batch)} pictures)"
        raise UserError(f"scores of the {who}", problem, "Check what the classifier's first output is.")
    return scores


def _joined(who: str, parts: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    widths = {part.shape[1] for part in parts}
    if len(widths) > 1:
        problem = f"another number of categories from batch to batch (got {', '.join(map(str, sorted(widths)))})"
        raise UserError(f"scores of the {who}", problem, "Check what the classifier's first output is.")
    return np.concatenate(parts)
