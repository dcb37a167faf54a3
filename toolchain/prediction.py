"""Behind ``rct predict``: files in, one row for each in their order, as soon as its batch is done.

scoring = start(Request(["open_nsfw", "photos/"]), progress)
for row in scoring.rows:
row.verdict, row.scores, row.error
"""

import csv
import glob
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from models.errors import PictureError, UserError
from models.frames import has_several_frames
from models.joined import join_specs
from models.picture_sizes import takes_any_size
from models.pictures import Batch, find_pictures, read_batches, read_whole
from models.runtimes import Device, Predict, RuntimeOptions, load_runtime
from models.spec import SEVERITY, ClassifierSpec, Verdict
from models.zoo import default_names
from toolchain.output import Output, Progress, printable
from toolchain.references import is_reference, open_reference
from toolchain.tensorflow_noise import quiet_keras

Layout = Literal["table", "jsonl", "csv"]
_STYLES = {"allow": "green", "review": "yellow", "block": "red"}


@dataclass(frozen=True)
class Row:
    """One picture: its scores in [0, 1] by category and what to do with it, or why it could not be read.

    A picture of several frames has scores of its first, an error that says so, and is never allowed.
    """

    path: Path
    scores: Mapping[str, float] = field(default_factory=dict)
    verdict: Verdict | None = None
    error: str = ""


@dataclass(frozen=True)
class Request:
    """What was asked of ``rct predict``: ``arguments`` are a bundle or classifier, if any, and then pictures.

    A bundle that resizes by itself gets whole pictures, one by one, since they differ in size.
    """

    arguments: Sequence[str]
    batch_size: int = 16
    runtime: str | None = None
    threads: int | None = None
    device: Device = "cpu"


@dataclass(frozen=True)
class Scoring:
    """A classifier at work: how many pictures there are, and a row for each."""

    spec: ClassifierSpec
    pictures: int
    rows: Iterator[Row]


def start(request: Request, progress: Progress) -> Scoring:
    """Find the pictures and load the bundle.

    Raises:
        UserError: a file, folder or pattern stands for no picture.
        BundleError: the bundle is incomplete or altered.
        UnavailableError: what should run it is not there.
    """
    names, named = split_arguments(request.arguments)
    paths = find_pictures(named)
    progress(f"loading {' and '.join(names)}")
    bundles = [open_reference(name) for name in names]
    if any(bundle.manifest.format == "keras" for bundle in bundles):
        quiet_keras()
    spec = join_specs([bundle.manifest.spec for bundle in bundles])
    whole = all(takes_any_size(bundle.manifest) for bundle in bundles)
    options = RuntimeOptions(device=request.device, threads=request.threads, whole=whole)
    run = _side_by_side([load_runtime(bundle, options, request.runtime) for bundle in bundles])
    rule = spec.preprocessing
    batches = read_whole(paths, rule) if whole else read_batches(paths, rule, request.batch_size)
    return Scoring(spec, len(paths), _rows(spec, batches, run))


def split_arguments(arguments: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the name of a bundle or classifier, or those that we ship as one if none is first, and the pictures'.

    Raises:
        UserError: no picture is named.
    """
    first, *others = arguments
    if not is_reference(first) and (not others or Path(first).exists() or glob.has_magic(first)):
        return default_names(), [first, *others]
    if not others:
        raise UserError("pictures", "none named", f"Name files, folders or patterns after {first}.")
    return (first,), others


def _side_by_side(runs: Sequence[Predict]) -> Predict:
    def run(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        return np.concatenate([one(batch) for one in runs], axis=1)

    return run if len(runs) > 1 else runs[0]


def _rows(spec: ClassifierSpec, batches: Iterable[Batch], run: Predict) -> Iterator[Row]:
    """Yield a row for each picture, the unreadable ones of a batch before it."""
    for batch in batches:
        for path, error in batch.failures:
            yield Row(path, error=str(error))
        if not batch.paths:
            continue
        for path, scores in zip(batch.paths, run(batch.pixels).tolist(), strict=True):
            named = dict(zip(spec.labels, scores, strict=True))
            verdict = spec.verdict(named)
            if has_several_frames(path):
                problem = PictureError(path, "several frames, and only the first was scored")
                yield Row(path, named, max(verdict, "review", key=SEVERITY.index), str(problem))
            else:
                yield Row(path, named, verdict)


@dataclass(frozen=True)
class Tally:
    """How many pictures got each verdict, and how many could not be read."""

    verdicts: Mapping[Verdict, int]
    unreadable: int

    @property
    def read(self) -> int:
        """How many pictures were scored."""
        return sum(self.verdicts.values())

    def __str__(self) -> str:
        counts = ", ".join(f"{self.verdicts[verdict]} {verdict}" for verdict in SEVERITY)
        bad = f"; {self.unreadable} could not be read" if self.unreadable else ""
        return f"{self.read} picture{'' if self.read == 1 else 's'}: {counts}{bad}."


def stream(scoring: Scoring, layout: Layout, output: Output, progress: Progress) -> Tally:
    """Print the rows as they come, and count them.

    Raises:
        UserError: none of the pictures could be read.
    """
    sheet = Sheet(layout, scoring.spec)
    verdicts: Counter[Verdict] = Counter()
    unreadable = 0
    _print(sheet.head(), output)
    for row in scoring.rows:
        if row.error:
            output.warn(row.error)
        if row.verdict is None:
            unreadable += 1
        else:
            verdicts[row.verdict] += 1
        _print(sheet.row(row), output)
        progress("scoring", done=verdicts.total() + unreadable, total=scoring.pictures)
    if not verdicts:
        raise UserError("pictures", f"none could be read (got {unreadable} bad ones)", "Name others.")
    return Tally(verdicts, unreadable)


def _print(line: str | Text | None, output: Output) -> None:
    if isinstance(line, Text):
        output.styled(line)
    elif line is not None:
        output.line(line)


@dataclass(frozen=True)
class Sheet:
    """Rows as text: a head, and a line for each row."""

    layout: Layout
    spec: ClassifierSpec

    def head(self) -> str | Text | None:
        """Return the first line, if the layout has one."""
        if self.layout == "csv":
            return _csv_line(["picture", "verdict", *self.spec.labels, "error"])
        if self.layout == "table":
            return Text("  ".join(["verdict", *map(_column, self.spec.labels), "picture"]), style="bold")
        return None

    def row(self, row: Row) -> str | Text | None:
        """Return the line of one row; a table has none for a picture that could not be read."""
        if self.layout == "jsonl":
            return _json_line(row)
        if self.layout == "csv":
            scores = [f"{row.scores[label]:.6f}" if row.scores else "" for label in self.spec.labels]
            return _csv_line([str(row.path), row.verdict or "", *scores, row.error])
        if row.verdict is None:
            return None
        scores = [f"{row.scores[label]:.4f}".rjust(len(_column(label))) for label in self.spec.labels]
        return Text.assemble(
            (row.verdict.ljust(len("verdict")), _STYLES[row.verdict]),
            *(f"  {score}" for score in scores),
            f"  {printable(str(row.path))}",
        )


def _column(label: str) -> str:
    return label.rjust(len("0.0000"))


def _json_line(row: Row) -> str:
    if row.verdict is None:
        return json.dumps({"picture": str(row.path), "error": row.error})
    scores = {label: round(score, 7) if isfinite(score) else None for label, score in row.scores.items()}
    document = {"picture": str(row.path), "verdict": row.verdict, "scores": scores}
    return json.dumps(document | ({"error": row.error} if row.error else {}), allow_nan=False)


def _csv_line(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
