"""The page: sections for what was measured, and limits that were missed read as missed."""

import json

import pytest

from benchmarks.figures.categories_latency import ONE, TWO
from benchmarks.figures.page import main

MACHINE = {"processor": "A processor", "cores": 2, "features": ["avx2"], "packages": {"onnx": "1.2"}}


@pytest.fixture
def page(tmp_path):
    """Return a function from file names and documents to the page that is written from them."""

    def written(**documents):
        for name, document in documents.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(document), "utf-8")
        main([str(tmp_path), str(tmp_path / "page.md")])
        return (tmp_path / "page.md").read_text("utf-8")

    return written


def headings(text):
    return [line for line in text.splitlines() if line.startswith("## ")]


def line_with(text, *parts):
    (line,) = [line for line in text.splitlines() if all(part in line for part in parts)]
    return line


def latency(threads, ratios, *, cpu=None):
    """Return a document of contests: ``ratios`` by ours and theirs."""
    comparisons = [
        {
            "ours": ours,
            "theirs": theirs,
            "ratio": {"median": median, "low": median - 0.01, "high": median + 0.01},
            "median_ms": {ours: 10 * median, theirs: 10.0},
            "samples_ms": {ours: [10 * median] * 7, theirs: [10.0] * 7},
            **({"cpu_ratio": {"median": cpu, "low": cpu - 0.02, "high": cpu + 0.02}} if cpu else {}),
        }
        for (ours, theirs), median in ratios.items()
    ]
    return {"machine": MACHINE, "threads": threads, "comparisons": comparisons}


LITERT = {
    ("resnet50 fp32 rct", "resnet50 fp32 converter"): 0.92,
    ("resnet50 int8 rct", "resnet50 int8 converter + litert-quantizer"): 0.921,
    ("resnet50 int8-dynamic rct", "resnet50 fp32 rct"): 0.5,
}


def test_nothing_measured_is_nothing_claimed(page):
    assert headings(page()) == []


def test_each_measurement_of_latency_has_its_section(page):
    text = page(
        litert_latency_1=latency(1, LITERT),
        litert_latency_2=latency(2, LITERT),
        openvino_latency_2=latency(2, {("resnet50 int8 rct", "resnet50 int8 tf2onnx + NNCF"): 1.001}),
    )
    assert headings(text) == [
        "## LiteRT: how fast, on one thread?",
        "## LiteRT: how fast, on 2 threads?",
        "## OpenVINO: how fast, on 2 threads?",
    ]
    assert "7 runs of each" in text
    assert "A processor, 2 cores (avx2); onnx 1.2." in text


def test_a_limit_of_latency_is_reached_or_missed(page):
    text = page(
        litert_latency_1=latency(1, LITERT),
        openvino_latency_1=latency(1, {("resnet50 int8 rct", "resnet50 int8 tf2onnx + NNCF"): 1.001}),
    )
    assert line_with(text, "resnet50 fp32 converter") == (
        "| resnet50 fp32 rct | 9.2 | resnet50 fp32 converter | 10.0 | 0.920 (0.910 to 0.930) | 0.92: reached |"
    )
    assert line_with(text, "litert-quantizer |").endswith("| 0.921 (0.911 to 0.931) | 0.92: missed |")
    assert line_with(text, "int8-dynamic").endswith("| 0.500 (0.490 to 0.510) |  |")
    assert line_with(text, "NNCF |").endswith("| 1.00: missed |")


def test_limits_of_onnx_are_for_one_thread(page):
    contests = {("open_nsfw int8 rct", "open_nsfw peer"): 0.3}
    text = page(onnx_latency_1=latency(1, contests), onnx_latency_2=latency(2, contests))
    assert [line[-18:] for line in text.splitlines() if "open_nsfw peer |" in line] == [
        "10) | 0.28: missed |"[-18:],
        "0.290 to 0.310) |  |"[-18:],
    ]


def test_two_categories_stand_against_one_without_a_limit(page):
    text = page(categories_latency_1=latency(1, {(TWO, ONE): 1.3}))
    assert headings(text) == ["## Two categories against one: how fast, on one thread?"]
    assert line_with(text, f"| {TWO} |") == f"| {TWO} | 13.0 | {ONE} | 10.0 | 1.300 (1.290 to 1.310) |  |"


def test_cpu_time_is_shown_where_nobody_spins(page):
    text = page(litert_latency_1=latency(1, LITERT, cpu=0.8), litert_latency_2=latency(2, LITERT, cpu=0.7))
    assert "0.800 (0.780 to 0.820)" in line_with(text, "fp32 converter", "0.800")
    assert "0.700" not in text


def measured(value):
    return {"value": value, "low": value / 2, "high": value * 2, "undefined": ""}


def parity_row(flags=(0, 0), failures=(), options=(), **difference):
    points = {
        name: {"newly_flagged": flipped, "newly_missed": 0, "flip_rate": measured(flipped / 500)}
        for name, flipped in zip(("review", "block"), flags, strict=True)
    }
    values = {"max_abs": 0.1, "p99_abs": 0.01, "logit_mean_abs": 0.1, "logit_p99_abs": 0.5, "logit_bias": 0.02}
    return {
        "options": list(options),
        "seconds": 61.4,
        "peak_mib": 2048,
        "bytes": 6_200_000,
        "machine": MACHINE,
        "passed": not failures,
        "failures": list(failures),
        "pictures": 500,
        "category": "adult",
        "difference": {name: measured(value) for name, value in (values | difference).items()},
        "operating_points": points,
    }


def test_parity_of_every_export_is_one_table(page):
    rows = {"onnx int8": parity_row((2, 0)), "saved_model fp32": parity_row(failures=("adult: too far",))}
    text = page(parity={"rows": rows})
    assert headings(text) == ["## Does it decide as the original does?"]
    assert (
        "| onnx int8 | 6.2 | 0.1 | 0.01 | 0.1 (0.05 to 0.2) | 0.5 | +0.02 "
        "| 2 (0.20 to 0.80 %) | 0 (0.00 to 0.00 %) | 61 | 2.00 | passed |"
    ) in text
    assert line_with(text, "| saved_model fp32 |").endswith("| failed |")
    assert "- saved_model fp32: adult: too far" in text
    assert text.count("A processor") == 1


@pytest.mark.parametrize(
    ("difference", "flags", "missed"),
    [
        ({}, (2, 2), []),
        ({"logit_mean_abs": 0.1504}, (0, 0), ["| logit mean | 0.15 | 0.1504 | missed |"]),
        ({"logit_p99_abs": 0.81}, (0, 0), ["| logit p99 | 0.55 | 0.81 | missed |"]),
        ({"p99_abs": 0.031}, (0, 0), ["| score p99 | 0.03 | 0.031 | missed |"]),
        ({}, (3, 0), ["| flips at review | 0.4 % | 0.6 % | missed |"]),
        ({}, (0, 3), ["| flips at block | 0.4 % | 0.6 % | missed |"]),
    ],
)
@pytest.mark.parametrize("name", ["onnx int8", "tflite int8", "openvino int8"])
def test_int8_is_held_to_every_limit(page, name, difference, flags, missed):
    text = page(parity={"rows": {name: parity_row(flags, **difference)}})
    judged = [line for line in text.splitlines() if line.startswith(f"| {name} |") and line.endswith("ed |")][1:]
    assert len(judged) == 5
    assert [line.removeprefix(f"| {name} ") for line in judged if "reached" not in line] == missed


def test_floats_of_litert_are_held_to_their_largest_difference(page):
    rows = {"tflite fp32": parity_row(max_abs=1.1e-5), "tflite fp16": parity_row(max_abs=2e-3)}
    text = page(parity={"rows": rows})
    assert "| tflite fp32 | largest score difference | 1e-05 | 1.1e-05 | missed |" in text
    assert "| tflite fp16 | largest score difference | 0.002 | 0.002 | reached |" in text


def test_another_way_of_rounding_is_not_what_was_promised(page):
    text = page(parity={"rows": {"onnx int8 nearest": parity_row((9, 9), options=("--rounding", "nearest"))}})
    assert "set out to reach" not in text


def test_what_could_not_be_measured_was_not_reached(page):
    row = parity_row()
    row["difference"]["logit_p99_abs"] = {"value": None, "low": None, "high": None, "undefined": "no picture"}
    text = page(parity={"rows": {"onnx int8": row}})
    assert "| onnx int8 | logit p99 | 0.55 | undefined | missed |" in text


def throughput(network, left_out):
    ratio = {"median": 0.5, "low": 0.4, "high": 0.6}
    batch = {
        "median_ms": {"rct fp16": 2.0, "keras fp32 jit": 4.0},
        "pictures_per_second": {"rct fp16": 128_000.0, "keras fp32 jit": 64_000.0},
        "comparisons": [{"ours": "rct fp16", "theirs": "keras fp32 jit", "ratio": ratio}],
        "left_out": left_out,
    }
    gpus = [{"name": "A GPU", "driver_version": "1.0"}]
    batches = [{"batch": 256, **batch}, {"batch": 1, **batch}]
    return {"network": network, "gpus": gpus, "batches": batches, "parity": {}, "machine": MACHINE}


def test_every_run_on_a_gpu_is_one_table(page):
    text = page(
        gpu_throughput_2=throughput("second, 224x224", {"torch.compile fp16": "broken"}),
        gpu_throughput=throughput("first, 224x224", {}),
        gpu_throughput_1=throughput("next, 224x224", {}),
    )
    assert headings(text) == ["## StableHLO: how many pictures per second on a GPU?"]
    assert [line for line in text.splitlines() if "A GPU" in line] == [
        "first, 224x224, A GPU (driver 1.0) (`gpu_throughput.json`):",
        "next, 224x224, A GPU (driver 1.0) (`gpu_throughput_1.json`):",
        "second, 224x224, A GPU (driver 1.0) (`gpu_throughput_2.json`):",
    ]
    assert text.count("| batch | |") == 3
    assert text.count("| 256 | keras fp32 jit | 4.00 | 64,000 | 0.500 (0.400 to 0.600) |") == 3
    assert text.count("torch.compile fp16 (batch 256), torch.compile fp16 (batch 1).") == 1


@pytest.mark.parametrize(
    ("median", "high", "times"), [(0.5, 0.6, "reached"), (0.8, 0.9, "missed"), (0.98, 1.1, "missed")]
)
def test_a_compiler_that_is_nearly_as_fast_is_a_target_that_was_missed(page, median, high, times):
    made = throughput("resnet50, 224x224", {})
    made["gpus"][0]["name"] = "NVIDIA H100 80GB HBM3"
    ratio = {"median": median, "low": 0.4, "high": high}
    made["batches"][0]["comparisons"] = [{"ours": "rct fp16", "theirs": "torch.compile fp16", "ratio": ratio}]
    text = page(gpu_throughput_h100=made)
    said = f"At batch 256, {1 / median:.2f} times torch.compile fp16; set out to reach 1.4: {times}."
    assert [line for line in text.splitlines() if line.startswith("At batch 256")] == [said]
    (line,) = [line for line in text.splitlines() if "ahead of torch.compile" in line]
    assert line.endswith("| reached |" if high < 1 else "| missed |")
