"""Parity: every format and recipe in one table, with what we set out to reach."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.figures.sections.record import machine_line, read, verdict

Row = dict[str, Any]

COLUMNS = (
    "export", "MB", "score: largest", "p99", "logit: mean", "p99", "bias", "flips at review", "at block", "export s",
    "GiB", "`rct verify`",
)  # fmt: skip
POINTS = ("review", "block")
MEASURES = {
    "max_abs": "largest score difference",
    "p99_abs": "score p99",
    "logit_mean_abs": "logit mean",
    "logit_p99_abs": "logit p99",
}
FLIP_RATE = "flip_rate"
_INT8 = {"logit_mean_abs": 0.15, "logit_p99_abs": 0.55, "p99_abs": 0.03, FLIP_RATE: 0.004}
LIMITS: Mapping[str, Mapping[str, float]] = {
    "tflite fp32": {"max_abs": 1e-5},
    "tflite fp16": {"max_abs": 2e-3},
    "onnx int8": _INT8,
    "tflite int8": _INT8,
    "openvino int8": _INT8,
}
"""The largest values that we set out to reach, by row; ``FLIP_RATE`` is of all pictures, at each threshold. What
``rct verify`` lets pass is wider, and is another matter (benchmarks.tolerance)."""


def parity(figures: Path) -> Iterator[str]:
    """Yield the section, where it was measured."""
    document = read(figures / "parity.json")
    if document is None or not document["rows"]:
        return
    rows = list(document["rows"].items())
    first = rows[0][1]
    yield from (
        "",
        "## Does it decide as the original does?",
        "",
        f"open_nsfw, category `{first['category']}`, against the Keras original on {first['pictures']} harmless real",
        "pictures that nothing was calibrated on; each format in its own runtime on the CPU. Intervals are 95 %. The",
        "time and memory of an export are those of the whole `rct export`, which compares pictures, too.",
        "`python -m benchmarks.figures.parity --images PICTURES --out docs/figures/parity.json`",
        "",
        f"| {' | '.join(COLUMNS)} |",
        f"|{'---|' * len(COLUMNS)}",
    )
    for name, row in rows:
        yield _line(name, row)
    failures = [f"- {name}: {failure}" for name, row in rows for failure in row["failures"]]
    if failures:
        yield from ("", "What `rct verify` found:", "", *failures)
    yield from _limits(rows)
    for machine in {machine_line(row["machine"]): None for _, row in rows}:
        yield from ("", machine)


def _line(name: str, row: Row) -> str:
    difference = row["difference"]
    cells = (
        name,
        f"{row['bytes'] / 1e6:.1f}",
        _number(difference["max_abs"]["value"]),
        _number(difference["p99_abs"]["value"]),
        _interval(difference["logit_mean_abs"]),
        _number(difference["logit_p99_abs"]["value"]),
        _number(difference["logit_bias"]["value"], "+.3g"),
        *(_flips(row, point) for point in POINTS),
        f"{row['seconds']:.0f}",
        f"{row['peak_mib'] / 1024:.2f}",
        "passed" if row["passed"] else "failed",
    )
    return f"| {' | '.join(cells)} |"


def _limits(rows: list[tuple[str, Row]]) -> Iterator[str]:
    judged = [(name, row, LIMITS[name]) for name, row in rows if name in LIMITS]
    if not judged:
        return
    yield from ("", "| export | set out to reach | at most | is | |", "|---|---|---|---|---|")
    for name, row, limits in judged:
        for measure, limit in limits.items():
            for what, value in _values(row, measure):
                shown = _percent(value) if measure == FLIP_RATE else _number(value, ".4g")
                allowed = _percent(limit) if measure == FLIP_RATE else f"{limit:g}"
                yield f"| {name} | {what} | {allowed} | {shown} | {verdict(value, limit)} |"


def _values(row: Row, measure: str) -> list[tuple[str, float | None]]:
    """Return what a limit is held against, each with its name."""
    if measure == FLIP_RATE:
        return [(f"flips at {point}", _flipped(row, point) / row["pictures"]) for point in POINTS]
    return [(MEASURES[measure], row["difference"][measure]["value"])]


def _flipped(row: Row, point: str) -> int:
    found = row["operating_points"][point]
    return int(found["newly_flagged"] + found["newly_missed"])


def _flips(row: Row, point: str) -> str:
    rate = row["operating_points"][point]["flip_rate"]
    return f"{_flipped(row, point)} ({100 * rate['low']:.2f} to {100 * rate['high']:.2f} %)"


def _interval(metric: dict[str, Any]) -> str:
    return f"{_number(metric['value'])} ({_number(metric['low'])} to {_number(metric['high'])})"


def _number(value: float | None, form: str = ".3g") -> str:
    return "undefined" if value is None else format(value, form)


def _percent(value: float | None) -> str:
    return "undefined" if value is None else f"{100 * value:.2g} %"
