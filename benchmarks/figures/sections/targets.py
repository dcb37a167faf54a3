"""What the benchmarks set out to reach, and whether they did: every figure from a measurement that is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures.sections.record import ratio_cell, read
from benchmarks.figures.sections.reports import FIVE, GPU, Run, runs
from benchmarks.latency.comparison import paired
from benchmarks.latency.percentiles import percentile
from benchmarks.latency.rendering.cells import milliseconds, ratio_text, three
from benchmarks.latency.rendering.markdown import plain
from benchmarks.latency.rendering.rows import Reading, Speed, Standing

OVERHEAD_NS = 20_000
SAME_AGAIN = 19 / 20
SEED = "one_model_per_category"
TIMES_THE_SEED = 20.0
GPU_MODEL = "H100"
ONE_NS = 450_000
BATCH = 256
RIVALS = ("torch_compile", "keras_jax")

JUDGED = {FIVE: "model", GPU: "resident"}
"""The stage that a limit is for; the others stand beside it."""

Line = tuple[str, str, str, bool | None]
"""What was set out for, the limit, what is, and whether that is within; None of what only stands beside."""


def targets(figures: Path) -> Iterator[str]:
    """Yield the section, with a row for each target that there is a measurement for."""
    found = runs(figures)
    again = read(figures / "same_again.json")
    measured = (_overhead(found), _same_again(again) if again else (), _five(found), _gpu(found), _compilers(figures))
    lines = [line for some in measured for line in some]
    if not lines:
        return
    yield from ("", "## What was set out for", "", "| | set out to reach | is | |", "|---|---|---|---|")
    for what, limit, value, reached in lines:
        word = "" if reached is None else "reached" if reached else "missed"
        yield f"| {plain(what)} | {limit if word else ''} | {plain(value)} | {word} |"


def _overhead(found: list[Run]) -> Iterator[Line]:
    for run in found:
        overhead = run.reading.report.overhead
        if overhead is None:
            continue
        median = percentile(overhead, 50)
        if median.value is not None:
            value = f"{median.value / 1e3:.1f} µs at the median, {overhead.count:,} calls"
            yield f"the harness itself ({run.file})", "under 20 µs a call", value, median.value < OVERHEAD_NS


def _same_again(document: dict[str, Any]) -> Iterator[Line]:
    for kind, what in (("within_a_run", "in one run"), ("between_runs", "in two runs")):
        counted = document.get(kind)
        if counted and counted["tries"]:
            tries, holds = counted["tries"], counted["contain_1"]
            value = f"{holds} of {tries} intervals contain 1"
            yield f"the same bundle twice, {what}", "19 in 20", value, holds / tries >= SAME_AGAIN


def _five(found: list[Run]) -> Iterator[Line]:
    """Hold one graph with five heads against five models of the seed's, at every stage that both were timed at."""
    for run in found:
        if not run.file.startswith(FIVE):
            continue
        for seed in [one for one in run.reading.standings if one.row.contender.peer == SEED]:
            stage = seed.row.contender.stage
            ours = _fastest(run.reading, "single_stream", 1, stage, "ours")
            theirs = _speed(seed, "single_stream", 1)
            if ours is None or theirs is None:
                continue
            verdict = paired(ours[1].samples, theirs.samples)
            value = f"{three(1 / verdict.ratio)} times ({ours[0].name}), ratio of times {ratio_text(verdict)}"
            limit = f"at least {TIMES_THE_SEED:g} times the seed's way"
            reached = 1 / verdict.ratio >= TIMES_THE_SEED if stage == JUDGED[FIVE] else None
            yield f"five categories, stage {stage}", limit, value, reached


def _gpu(found: list[Run]) -> Iterator[Line]:
    for run in found:
        gpus = run.reading.report.environment.gpus
        if run.on_a_gpu and gpus and GPU_MODEL in gpus[0].name:
            for stage in ("resident", "model"):
                yield from _one_picture(run, stage)
                yield from _large_batch(run, stage)


def _compilers(figures: Path) -> Iterator[Line]:
    """Hold StableHLO against PyTorch's compiler, which the script of throughput alone runs (benchmarks.figures)."""
    for file in sorted(figures.glob("gpu_throughput*.json")):
        document = read(file) or {}
        if not any(GPU_MODEL in gpu["name"] for gpu in document.get("gpus", ())):
            continue
        for row in document["batches"]:
            for one in row["comparisons"]:
                if (row["batch"], one["ours"], one["theirs"]) == (BATCH, "rct fp16", "torch.compile fp16"):
                    ratio = one["ratio"]
                    value = f"StableHLO fp16 takes {ratio_cell(ratio)} of the time of {one['theirs']}"
                    what = f"{GPU_MODEL}, batch {BATCH}, stage resident ({file.name})"
                    yield what, "ahead of torch.compile", value, ratio["high"] < 1


def _one_picture(run: Run, stage: str) -> Iterator[Line]:
    ours = _fastest(run.reading, "single_stream", 1, stage, "ours")
    if ours is not None and ours[1].p50.value is not None:
        median = ours[1].p50.value
        what = f"{GPU_MODEL}, one picture, stage {stage} ({run.file})"
        reached = median <= ONE_NS if stage == JUDGED[GPU] else None
        yield what, "0.45 ms or less", f"{milliseconds(median)} ms ({ours[0].name})", reached


def _large_batch(run: Run, stage: str) -> Iterator[Line]:
    ours = _fastest(run.reading, "offline", BATCH, stage, "ours")
    if ours is None:
        return
    for rival in RIVALS:
        theirs = _fastest(run.reading, "offline", BATCH, stage, rival)
        if theirs is not None:
            verdict = paired(ours[1].samples, theirs[1].samples)
            what = f"{GPU_MODEL}, batch {BATCH}, stage {stage} ({run.file})"
            value = f"{ours[0].name} takes {ratio_text(verdict)} of the time of {theirs[0].name}"
            yield what, f"ahead of {plain(rival)}", value, verdict.word == "faster" if stage == JUDGED[GPU] else None


def _fastest(reading: Reading, scenario: str, batch: int, stage: str, who: str) -> tuple[Standing, Speed] | None:
    """Return the fastest of ours, or of a peer's rows, that got through."""
    there = [
        (standing, speed)
        for standing in reading.standings
        if standing.row.failure is None and standing.row.contender.stage == stage
        if (standing.row.contender.peer or "ours") == who
        if (speed := _speed(standing, scenario, batch)) is not None
    ]
    return min(there, key=lambda one: one[1].ns_per_picture, default=None)


def _speed(standing: Standing, scenario: str, batch: int) -> Speed | None:
    return next((one for one in standing.speeds if one.scenario == scenario and one.samples.batch == batch), None)
