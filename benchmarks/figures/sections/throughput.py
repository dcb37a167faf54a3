"""Throughput on GPUs: one table for each run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.figures.sections.record import machine_line, ratio_cell, read, verdict

SPEED_UP = 1.4
"""How many times as many pictures per second we set out to reach, of these at this batch size."""
JUDGED = ("keras fp16 jit", "torch.compile fp16")
JUDGED_BATCH = 256


def throughput(figures: Path) -> Iterator[str]:
    """Yield the section, with a table for ``gpu_throughput.json`` and for each ``gpu_throughput_*.json``."""
    files = [file for file in sorted(figures.glob("gpu_throughput*.json")) if _is_run(file)]
    if not files:
        return
    yield from (
        "",
        "## StableHLO: how many pictures per second on a GPU?",
        "",
        "Random weights; interleaved, every call waited for. Pictures are on the device already, but for `host`, which",
        "copies them. Keras gets normalised floats, the others bytes. Ratios are of times, `rct fp16` (for `host`, its",
        "like) to the candidate, with 95 % intervals.",
        "`python -m benchmarks.figures.gpu_throughput --out docs/figures/gpu_throughput.json`",
    )
    for file in files:
        document = read(file)
        if document is not None:
            yield from _run(file.name, document)


def _judged(document: dict[str, Any]) -> Iterator[str]:
    for row in document["batches"]:
        for one in row["comparisons"]:
            if row["batch"] == JUDGED_BATCH and one["ours"] == "rct fp16" and one["theirs"] in JUDGED:
                times = 1 / one["ratio"]["median"]
                word = verdict(one["ratio"]["median"], 1 / SPEED_UP)
                yield from (
                    "",
                    f"At batch {JUDGED_BATCH}, {times:.2f} times {one['theirs']}; set out to reach {SPEED_UP}: {word}.",
                )


def _is_run(file: Path) -> bool:
    return file.stem == "gpu_throughput" or file.stem.startswith("gpu_throughput_")


def _run(name: str, document: dict[str, Any]) -> Iterator[str]:
    gpus = ", ".join(f"{gpu['name']} (driver {gpu['driver_version']})" for gpu in document["gpus"])
    yield from (
        "",
        f"{document['network']}, {gpus or 'no GPU'} (`{name}`):",
        "",
        "| batch | | ms | pictures/s | ratio |",
        "|---|---|---|---|---|",
    )
    for row in document["batches"]:
        for candidate, milliseconds in row["median_ms"].items():
            ours = "rct fp16 host" if candidate.endswith(" host") else "rct fp16"
            found = [one["ratio"] for one in row["comparisons"] if (one["ours"], one["theirs"]) == (ours, candidate)]
            yield (
                f"| {row['batch']} | {candidate} | {milliseconds:.2f} "
                f"| {row['pictures_per_second'][candidate]:,.0f} | {''.join(map(ratio_cell, found))} |"
            )
    yield from _judged(document)
    left_out = [f"{name} (batch {row['batch']})" for row in document["batches"] for name in row["left_out"]]
    if left_out:
        yield from ("", f"Left out, for the reasons that the file has: {', '.join(left_out)}.")
    if document["parity"]:
        differences = document["parity"]["score_difference"].items()
        yield from (
            "",
            f"On that device, the largest difference of open_nsfw's score from the original's, on "
            f"{document['parity']['pictures']} pictures: "
            + ", ".join(f"{export} {one['largest']:.1e}" for export, one in differences)
            + ".",
        )
    yield from ("", machine_line(document["machine"]))
