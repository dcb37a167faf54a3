"""The Markdown document: every figure in its table, and no name that is taken for markup."""

import re

import pytest
from measured import HANGS, brief, named, report

from benchmarks.latency.rendering.markdown import markdown, plain
from benchmarks.latency.rendering.rows import read


@pytest.fixture(scope="module")
def document(reading):
    return markdown(reading)


def rows_of(document, heading):
    section = document.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines)
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows}


def test_every_scenario_has_a_table_with_every_contender(document, reading):
    found = rows_of(document, "Single stream")
    assert list(found) == [standing.name + " (failed)" * (standing.name == "hangs") for standing in reading.standings]
    speed = reading.standing("onnx int8").speeds[0]
    assert found["onnx int8"]["p50 ms"].startswith(f"{speed.p50.value / 1e6:.2f} (")
    assert found["onnx int8"]["time / original's"].startswith(f"{speed.against_original.verdict.ratio:.4f} faster (")
    assert found["onnx int8"]["samples"] == "480"
    assert found["keras"]["time / original's"] == "1 (the original)"
    assert found["hangs (failed)"]["p99 ms"] == "- (80 samples; p99 takes 368)"
    assert set(rows_of(document, "Offline")) == {s.name for s in reading.standings} - {"hangs"}
    assert {row["bound"] for row in rows_of(document, "Server").values()} == {"kept (100 ms)", "broken (100 ms)"}


def test_environment_plan_noise_reasons_and_failures_are_there(document):
    assert rows_of(document, "What failed")["hangs"]["why"] == HANGS
    assert rows_of(document, "Why")["onnx int8"]["time by operator"] == "Conv 90 %, Add 10 % (ONNX Runtime)"
    assert rows_of(document, "Machine")["processor"][""] == "A processor"
    assert rows_of(document, "Plan")["rounds"][""] == "12, interleaved, of 1 s at most"
    assert rows_of(document, "Noise")["machine"][""] == "quiet"
    assert rows_of(document, "Versions")["onnx"][""] == "1.23.2"
    assert rows_of(document, "Files")["keras"][""] == f"model.onnx sha256 {'ab' * 32}"


def test_a_name_is_never_markup():
    name = "a|b <script>`x` [y](z) *w* _v_ two\nlines"
    evil = named(brief("onnx int8", 1), name)
    (shown,) = rows_of(markdown(read(report([evil]))), "Single stream")
    assert shown == r"a\|b \<script\>\`x\` \[y\](z) \*w\* \_v\_ two lines"


@pytest.mark.parametrize(("text", "shown"), [("onnx_int8", "onnx_int8"), ("a\\b", "a\\\\b"), ("a  b\n", "a b")])
def test_plain_text_stays_plain(text, shown):
    assert plain(text) == shown
