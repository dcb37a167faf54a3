"""Writes docs/benchmarks.md from the measurements in docs/figures: nothing on that page is written by hand.

python -m benchmarks.figures.page docs/figures docs/benchmarks.md
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

LIMITS = {
    "resnet50 fp32 rct / resnet50 fp32 tf2onnx": 0.91,
    "resnet50 int8 rct / resnet50 int8 tf2onnx + quantize_static": 0.93,
    "resnet50 int8 rct / resnet50 fp32 rct": 0.37,
    "open_nsfw fp32 rct / open_nsfw peer": 0.60,
    "open_nsfw int8 rct / open_nsfw peer": 0.28,
}
"""The largest ratio of times that we set out to reach."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the measurements that are there and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path)
    parser.add_argument("page", type=Path)
    options = parser.parse_args(arguments)
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks.figures.page docs/figures docs/benchmarks.md` from the measurements in",
        "`docs/figures`, which keep every sample; each names below the command that makes it again.",
    ]
    for section in (_parity, _latency, _throughput):
        lines += section(options.figures)
    options.page.write_text("\n".join(lines) + "\n", "utf-8")


def _read(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def _machine(document: dict[str, Any]) -> str:
    machine = document["machine"]
    packages = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return f"{machine['processor']}, {machine['cores']} cores ({', '.join(machine['features'])}); {packages}."


def _parity(figures: Path) -> Iterator[str]:
    document = _read(figures / "onnx_parity.json")
    if document is None:
        return
    first = document["rows"][0]
    yield from (
        "",
        "## ONNX: does it decide as the original does?",
        "",
        f"open_nsfw, category `{first['category']}`, against the Keras original on {first['pictures']} harmless real",
        "pictures that nothing was calibrated on; runtime ONNX Runtime on the CPU. Intervals are 95 %.",
        "`python -m benchmarks.figures.onnx_parity --images PICTURES --out docs/figures/onnx_parity.json`",
        "",
        "| recipe | MB | score: largest | p99 | logit: mean | p99 | bias | flips at review | at block | export s |",
        "|---|---|---|---|---|---|---|---|---|---|",
    )
    for row in document["rows"]:
        difference = row["difference"]
        yield (
            f"| {row['recipe']} | {row['bytes'] / 1e6:.1f} | {difference['max_abs']['value']:.2g} "
            f"| {difference['p99_abs']['value']:.2g} | {_interval(difference['logit_mean_abs'])} "
            f"| {difference['logit_p99_abs']['value']:.2g} | {difference['logit_bias']['value']:+.2g} "
            f"| {_flips(row, 'review')} | {_flips(row, 'block')} | {row['seconds']:.0f} |"
        )
    peak = max(row["peak_mib_so_far"] for row in document["rows"])
    yield from (
        "",
        f"The largest of these processes took {peak / 1024:.2f} GiB; the default export (fp32) took",
        f"{first['seconds']:.0f} s with everything in it.",
        "",
        _machine(document),
    )


def _interval(metric: dict[str, Any]) -> str:
    return f"{metric['value']:.2g} ({metric['low']:.2g} to {metric['high']:.2g})"


def _flips(row: dict[str, Any], name: str) -> str:
    point = row["operating_points"][name]
    rate = point["flip_rate"]
    return f"{point['newly_flagged'] + point['newly_missed']} ({100 * rate['low']:.2f} to {100 * rate['high']:.2f} %)"


def _latency(figures: Path) -> Iterator[str]:
    for threads in (1, 2):
        document = _read(figures / f"onnx_latency_{threads}.json")
        if document is None:
            continue
        count = len(next(iter(document["comparisons"][0]["samples_ms"].values())))
        yield from (
            "",
            f"## ONNX: how fast, on {'one thread' if threads == 1 else f'{threads} threads'}?",
            "",
            f"Batch 1, ONNX Runtime's CPU provider, model only, {count} runs of each, interleaved; the ratio is the",
            "median of pairs with its 95 % interval. A peer gets its float tensor, ours the uint8 picture.",
            "`python -m benchmarks.figures.onnx_latency --peer open_nsfw.onnx --out docs/figures/onnx_latency_1.json`",
            "",
            "| ours | ms | against | ms | ratio | set out to reach |",
            "|---|---|---|---|---|---|",
        )
        for row in document["comparisons"]:
            ratio, medians = row["ratio"], row["median_ms"]
            limit = LIMITS[f"{row['ours']} / {row['theirs']}"] if threads == 1 else None
            verdict = "" if limit is None else f"{limit:.2f}: {'reached' if ratio['median'] <= limit else 'missed'}"
            yield (
                f"| {row['ours']} | {medians[row['ours']]:.1f} | {row['theirs']} | {medians[row['theirs']]:.1f} "
                f"| {ratio['median']:.3f} ({ratio['low']:.3f} to {ratio['high']:.3f}) | {verdict} |"
            )
        yield from ("", _machine(document))


def _throughput(figures: Path) -> Iterator[str]:
    document = _read(figures / "gpu_throughput.json")
    if document is None:
        return
    gpus = ", ".join(f"{gpu['name']} (driver {gpu['driver_version']})" for gpu in document["gpus"])
    yield from (
        "",
        "## StableHLO: how many pictures per second on a GPU?",
        "",
        f"{document['network']}, random weights, {gpus or 'no GPU'}; interleaved, every call waited for. Pictures are",
        "on the device already, but for `host`, which copies them. Keras gets normalised floats, the others bytes.",
        "Ratios are of times, `rct fp16` (for `host`, its like) to the candidate, with 95 % intervals.",
        "`python -m benchmarks.figures.gpu_throughput --out docs/figures/gpu_throughput.json`",
    )
    for row in document["batches"]:
        yield from ("", f"Batch {row['batch']}:", "", "| | ms | pictures/s | ratio |", "|---|---|---|---|")
        for name, milliseconds in row["median_ms"].items():
            ours = "rct fp16 host" if name.endswith(" host") else "rct fp16"
            found = [one["ratio"] for one in row["comparisons"] if (one["ours"], one["theirs"]) == (ours, name)]
            ratio = "".join(f"{one['median']:.3f} ({one['low']:.3f} to {one['high']:.3f})" for one in found)
            yield f"| {name} | {milliseconds:.2f} | {row['pictures_per_second'][name]:,.0f} | {ratio} |"
    if document["parity"]:
        yield from (
            "",
            f"On that device, the largest difference of open_nsfw's score from the original's, on "
            f"{document['parity']['pictures']} pictures: "
            + ", ".join(f"{name} {one['largest']:.1e}" for name, one in document["parity"]["score_difference"].items())
            + ".",
        )
    yield from ("", _machine(document))


if __name__ == "__main__":
    main()
