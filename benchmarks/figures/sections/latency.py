"""Latency: one section for each runtime and number of threads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures.sections.record import machine_line, ratio_cell, read, verdict

THREADS = (1, 2)


@dataclass(frozen=True)
class Script:
    """One script that measures latency.

    ``limits``: the largest ratio of times that we set out to reach, by ours and theirs. ``judged``: the numbers of
    threads that they are for.
    """

    name: str
    title: str
    runtime: str
    entries: str
    command: str
    limits: Mapping[tuple[str, str], float]
    judged: tuple[int, ...] = THREADS


SCRIPTS = (
    Script(
        "onnx_latency",
        "ONNX",
        "ONNX Runtime's CPU provider",
        "A peer gets its float tensor, ours the uint8 picture.",
        "python -m benchmarks.figures.onnx_latency --peer open_nsfw.onnx --out docs/figures",
        {
            ("resnet50 fp32 rct", "resnet50 fp32 tf2onnx"): 0.91,
            ("resnet50 int8 rct", "resnet50 int8 tf2onnx + quantize_static"): 0.93,
            ("resnet50 int8 rct", "resnet50 fp32 rct"): 0.37,
            ("open_nsfw fp32 rct", "open_nsfw peer"): 0.60,
            ("open_nsfw int8 rct", "open_nsfw peer"): 0.28,
        },
        judged=(1,),
    ),
    Script(
        "categories_latency",
        "Two categories against one",
        "ONNX Runtime's CPU provider",
        "The first is what is exported by default.",
        "python -m benchmarks.figures.categories_latency --two BUNDLE --one BUNDLE --out docs/figures",
        {},
    ),
    Script(
        "litert_latency",
        "LiteRT",
        "LiteRT's interpreter with XNNPACK",
        "A plain file gets its float or int8 tensor, ours the uint8 picture.",
        "python -m benchmarks.figures.litert_latency --out docs/figures",
        {
            ("resnet50 fp32 rct", "resnet50 fp32 converter"): 0.92,
            ("resnet50 int8 rct", "resnet50 int8 converter + litert-quantizer"): 0.92,
        },
    ),
    Script(
        "openvino_latency",
        "OpenVINO",
        "OpenVINO on the CPU, one stream",
        "A plain model gets its float tensor, ours the uint8 picture.",
        "RCT_NNCF_PYTHON=PYTHON python -m benchmarks.figures.openvino_latency --out docs/figures",
        {("resnet50 int8 rct", "resnet50 int8 tf2onnx + NNCF"): 1.00},
    ),
)


def latency(figures: Path) -> Iterator[str]:
    """Yield a section for each measurement of latency that is there."""
    for script in SCRIPTS:
        for threads in THREADS:
            document = read(figures / f"{script.name}_{threads}.json")
            if document is not None:
                yield from _section(script, threads, document)


def _section(script: Script, threads: int, document: dict[str, Any]) -> Iterator[str]:
    rows = document["comparisons"]
    count = len(next(iter(rows[0]["samples_ms"].values())))
    has_cpu = threads == 1 and all("cpu_ratio" in row for row in rows)
    cpu = " CPU time is that of the whole process." if has_cpu else ""
    yield from (
        "",
        f"## {script.title}: how fast, on {'one thread' if threads == 1 else f'{threads} threads'}?",
        "",
        f"Batch 1, {script.runtime}, model only, {count} runs of each, interleaved; the ratio is the",
        f"median of pairs with its 95 % interval. {script.entries}{cpu}",
        f"`{script.command}`",
        "",
        f"| ours | ms | against | ms | ratio |{' of CPU time |' if has_cpu else ''} set out to reach |",
        f"|---|---|---|---|---|---|{'---|' if has_cpu else ''}",
    )
    for row in rows:
        ratio, medians = row["ratio"], row["median_ms"]
        limit = script.limits.get((row["ours"], row["theirs"])) if threads in script.judged else None
        cells = (
            row["ours"],
            f"{medians[row['ours']]:.1f}",
            row["theirs"],
            f"{medians[row['theirs']]:.1f}",
            ratio_cell(ratio),
            *([ratio_cell(row["cpu_ratio"])] if has_cpu else []),
            "" if limit is None else f"{limit:.2f}: {verdict(ratio['median'], limit)}",
        )
        yield f"| {' | '.join(cells)} |"
    yield from ("", machine_line(document["machine"]))
