"""The page's sections from reports of runs: their tables, and targets that were missed read as missed."""

import json

import numpy as np
import pytest
from measured import brief, contender, named, report, samples

from benchmarks.figures.page import main
from benchmarks.latency.report import Row

H100 = {"name": "NVIDIA H100 80GB HBM3", "driver": "1", "memory": "80 GiB", "clock": "1980 MHz"}


@pytest.fixture
def page(tmp_path):
    """Return a function from file names and documents to the page that is written from them."""

    def written(**documents):
        for name, document in documents.items():
            text = json.dumps(document) if isinstance(document, dict) else document.model_dump_json()
            (tmp_path / f"{name}.json").write_text(text, "utf-8")
        main([str(tmp_path), str(tmp_path / "page.md")])
        return (tmp_path / "page.md").read_text("utf-8")

    return written


def line_with(text, *parts):
    (line,) = [line for line in text.splitlines() if all(part in line for part in parts)]
    return line


def with_gpu(made, **gpu):
    environment = made.environment.model_dump() | {"gpus": [H100 | gpu]}
    return made.model_validate(made.model_dump() | {"environment": environment})


def gpu_row(name, single, large, peer=None, stage="resident"):
    where = {"peer": peer, "folder": "peers", "bundle": None} if peer else {}
    measured = {"single_stream": (samples(single, 1),), "offline": (samples(large, 2, queries=4, batch=256),)}
    made = contender("onnx fp16", device="cuda", stage=stage, **where)
    return named(Row(contender=made, scenarios=measured), name)


def test_a_report_becomes_its_tables(page):
    made = report([brief("keras", 0), brief("onnx int8", 1), brief("nncf int8", 2)])
    text = page(bench_cpu=made)
    assert "## Against the original and the peers (`bench_cpu.json`)" in text
    assert "- **Who is fastest?** onnx int8:" in text
    times = np.concatenate(made.row("onnx int8").scenarios["single_stream"][0].rounds) / 1e6
    assert f"| {np.percentile(times, 50, method='inverted_cdf'):.2f} (" in line_with(text, "| onnx int8 |", "faster")
    assert "A processor, 2 cores (avx2, avx512_vnni)" in text


@pytest.mark.parametrize(("microseconds", "word"), [(11.0, "reached"), (30.0, "missed")])
def test_the_harness_costs_less_than_20_microseconds_or_it_is_said(page, microseconds, word):
    text = page(bench_cpu=report([brief("keras", 0)], overhead=samples(microseconds / 1000, 1)))
    line = line_with(text, "the harness itself (bench_cpu.json)")
    assert line.endswith(f"| {word} |")
    assert f"{microseconds:.0f}."[:3] in line


def test_intervals_of_the_same_bundle_twice_have_to_hold_in_19_of_20(page):
    counts = {"within_a_run": {"tries": 20, "contain_1": 19}, "between_runs": {"tries": 19, "contain_1": 18}}
    text = page(same_again=counts)
    assert line_with(text, "in one run") == (
        "| the same bundle twice, in one run | 19 in 20 | 19 of 20 intervals contain 1 | reached |"
    )
    assert line_with(text, "in two runs").endswith("| 18 of 19 intervals contain 1 | missed |")


@pytest.mark.parametrize(("seed", "word"), [(250.0, "reached"), (90.0, "missed")])
def test_five_categories_are_judged_with_the_model_alone_and_shown_from_the_file(page, seed, word):
    def of_five(stage, ours, theirs):
        peer = Row(
            contender=contender("hangs", peer="one_model_per_category", stage=stage, original=True),
            scenarios={"single_stream": (samples(theirs, 1),)},
        )
        return [named(peer, f"five models {stage}"), named(brief("onnx int8", 2, ours), f"ours {stage}", stage=stage)]

    text = page(five_categories=report([*of_five("model", 10.0, seed), *of_five("file", 14.0, seed + 30)]))
    line = line_with(text, "five categories, stage model")
    assert line.endswith(f"| {word} |")
    assert f"{seed / 10:.2g}" in line
    assert line_with(text, "five categories, stage file").endswith("|  |")


def test_the_h100_is_judged_resident_against_the_best_of_each_rival(page):
    rows = [
        gpu_row("keras_jax fp32", 2.5, 20.0, "keras_jax"),
        gpu_row("keras_jax fp16", 2.3, 10.0, "keras_jax"),
        gpu_row("torch_compile", 0.55, 8.0, "torch_compile"),
        gpu_row("onnx", 0.43, 12.0),
        gpu_row("stablehlo", 1.2, 8.5),
        gpu_row("onnx model", 0.6, 14.0, stage="model"),
    ]
    text = page(bench_gpu_h100=with_gpu(report(rows)))
    assert line_with(text, "0.45 ms or less").endswith("ms (onnx) | reached |")
    assert line_with(text, "ahead of keras_jax").endswith("of the time of keras_jax fp16 | reached |")
    assert line_with(text, "ahead of torch_compile").endswith("of the time of torch_compile | missed |")
    assert line_with(text, "one picture, stage model").endswith("(onnx model) |  |")


def test_another_gpu_is_not_what_was_set_out_for(page):
    rows = [gpu_row("onnx", 0.43, 12.0), gpu_row("torch_compile", 0.55, 20.0, "torch_compile")]
    text = page(bench_gpu=with_gpu(report(rows), name="NVIDIA H200"))
    assert "0.45 ms" not in text
    assert "## On a GPU, in one run (`bench_gpu.json`)" in text
    assert line_with(text, "Times are wall clock").startswith("On NVIDIA H200. Times")


def test_a_run_on_a_processor_does_not_name_the_gpu_beside_it(page):
    text = page(bench_cpu=report([brief("keras", 0)]))
    assert line_with(text, "Times are wall clock").startswith("Times are wall clock")


def test_a_contender_that_failed_reaches_nothing(page):
    fast = gpu_row("onnx", 0.1, 1.0).model_copy(update={"failure": "it hung"})
    text = page(bench_gpu=with_gpu(report([fast, gpu_row("stablehlo", 1.2, 8.5)])))
    assert line_with(text, "0.45 ms or less").endswith("(stablehlo) | missed |")
