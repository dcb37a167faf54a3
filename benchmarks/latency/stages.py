"""From stage, contender and pictures to queries: what is inside the timed region, and what is ready before it.

    queries = make_queries("file", loaded, paths, batch=1)
    scores = queries[0]()

A query is a callable without arguments. There are several, of different pictures, asked in turn: no cache serves one
picture again and again, and the decoder meets pictures of different sizes.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Stage
from benchmarks.latency.load import Loaded
from models.errors import UserError
from models.preprocessing import Preprocessing, decode, read_picture, resize
from models.spec import ClassifierSpec

Query = Callable[[], Any]
"""Asks once. Returns scores, float32 [n, categories]; at stage "resident" what is on the device."""

Pixels = NDArray[np.uint8]
Scores = NDArray[np.float32]

_DISTINCT = 16
"""Most distinct queries; each keeps its input in memory."""
_MEMORY = 256 << 20
"""Most bytes of input that the distinct queries of more than one picture keep, at four bytes a value."""


def make_queries(stage: Stage, loaded: Loaded, paths: Sequence[Path], batch: int) -> tuple[Query, ...]:
    """Return distinct queries of ``batch`` pictures, spread over ``paths``; pictures repeat where there are too few.

    Raises:
        UserError: as ``make_query`` does.
    """
    rule = loaded.spec.preprocessing
    affordable = _MEMORY // (batch * rule.height * rule.width * 3 * 4)
    count = min(len(paths), _DISTINCT, max(2, affordable))
    wanted = np.linspace(0, len(paths), count * batch, endpoint=False).astype(int)
    spread = wanted.reshape(batch, count).T
    return tuple(make_query(stage, loaded, [paths[index] for index in group]) for group in spread)


def make_query(stage: Stage, loaded: Loaded, paths: Sequence[Path]) -> Query:
    """Return the query of these pictures, together in one batch.

    Raises:
        PictureError: one of them cannot be read.
        UserError: the stage is "resident", which this contender does not have.
    """
    rule, model = loaded.spec.preprocessing, loaded.model
    if stage in {"picture", "file"}:
        return _whole_query(stage, loaded, paths) if model.whole else _resized_query(stage, loaded, paths)
    feed = model.prepare(_batch([read_picture(path, rule) for path in paths]))
    if stage == "model":
        return partial(model.run, feed)
    if model.place is None or model.run_resident is None:
        problem = f"cannot be timed with its input on the device (got {model.subject.runtime})"
        raise UserError("stage resident", problem, "Time the stage model.")
    return partial(model.run_resident, model.place(feed))


def _resized_query(stage: Stage, loaded: Loaded, paths: Sequence[Path]) -> Query:
    rule, model, spec = loaded.spec.preprocessing, loaded.model, loaded.spec
    if stage == "picture":
        decoded = [decode(path, rule) for path in paths]
        return lambda: model.run(model.prepare(_batch([resize(picture, rule) for picture in decoded])))
    files = [_content(path, rule) for path in paths]

    def ask() -> Scores:
        scores = model.run(model.prepare(_batch([read_picture(file, rule) for file in files])))
        _decide(scores, spec)
        return scores

    return ask


def _whole_query(stage: Stage, loaded: Loaded, paths: Sequence[Path]) -> Query:
    """As above for a model that resizes: one picture after another, for a batch has one size."""
    rule, model, spec = loaded.spec.preprocessing, loaded.model, loaded.spec
    if stage == "picture":
        decoded = [decode(path, rule)[None] for path in paths]
        return lambda: np.concatenate([model.run(model.prepare(picture)) for picture in decoded])
    files = [_content(path, rule) for path in paths]

    def ask() -> Scores:
        scores = np.concatenate([model.run(model.prepare(decode(file, rule)[None])) for file in files])
        _decide(scores, spec)
        return scores

    return ask


def _content(path: Path, rule: Preprocessing) -> bytes:
    """Return the file's bytes, once it was seen that they can be decoded: an error then names the file."""
    decode(path, rule)
    return path.read_bytes()


def _batch(pictures: Sequence[Pixels]) -> Pixels:
    return pictures[0][None] if len(pictures) == 1 else np.stack(pictures)


def _decide(scores: Scores, spec: ClassifierSpec) -> list[str]:
    """Return each picture's verdict, as ``rct predict`` finds it."""
    return [spec.verdict(dict(zip(spec.labels, row, strict=True))) for row in scores.tolist()]


def on_host(answer: Any) -> NDArray[Any]:
    """Copy scores from where a resident run left them: PyTorch's tensor, ONNX Runtime's OrtValue, JAX's array."""
    for copied in ("cpu", "numpy"):
        if hasattr(answer, copied):
            answer = getattr(answer, copied)()
    return np.asarray(answer)


def check_scores(scores: object, batch: int, categories: int) -> None:
    """Refuse what is no answer to a query: a failed inference is never counted as a fast one.

    Raises:
        UserError: not [batch, categories], or not finite numbers in [0, 1].
    """
    found = np.asarray(scores)
    if found.shape != (batch, categories):
        raise UserError("scores", f"not [pictures, categories] (got {list(found.shape)}, not {[batch, categories]})")
    outside = ~((found >= 0) & (found <= 1))
    if outside.any():
        raise UserError("scores", f"not numbers from 0 to 1 (got {found[outside][0]:g})")
