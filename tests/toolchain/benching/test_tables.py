"""What ``rct bench`` shows: everything in 80 columns, the conclusion last, and names that cannot style the terminal."""

from io import StringIO

import numpy as np
import pytest
from measured import HANGS, brief, contender, named, report
from rich.console import Console

from benchmarks.latency.report import Row
from toolchain.benching.tables import report_tables


def printed(made):
    stream = StringIO()
    Console(file=stream, width=80, color_system=None).print(*report_tables(made), sep="\n")
    return stream.getvalue()


@pytest.fixture(scope="module")
def made():
    return report()


@pytest.fixture(scope="module")
def shown(made):
    return printed(made)


def line_with(text, *parts):
    return next(line for line in text.splitlines() if all(part in line for part in parts))


def test_no_line_is_longer_than_80_columns_and_none_is_cut(shown):
    assert max(map(len, shown.splitlines())) <= 80
    assert "…" not in shown


def test_times_ratios_decisions_starts_and_reasons_are_there(shown, made):
    times = np.concatenate(made.row("plain tf2onnx").scenarios["single_stream"][0].rounds) / 1e6
    cells = line_with(shown, "plain tf2onnx", "%").split()[2:]
    percentiles = np.percentile(times, (50, 90, 99), method="inverted_cdf")
    assert cells[:4] == [f"{value:.1f}" for value in (*percentiles, 1e3 / times.mean())]
    assert "faster" in line_with(shown, "onnx int8", "keras")
    assert "slower" in line_with(shown, "onnx fp32", "nncf int8")
    assert "can't tell" in line_with(shown, "hangs", "keras")
    assert line_with(shown, "nncf int8", "at block of 240").rstrip().endswith("no")
    assert "Conv 90 %, Add 10 %" in shown
    assert {"single stream", "offline", "server"} <= {line.strip() for line in shown.splitlines()}


def test_the_conclusion_is_last_and_failures_are_named(shown):
    conclusion = shown.split("what it comes to")[1]
    assert "Who is fastest? onnx int8" in conclusion
    assert conclusion.rstrip().endswith(f"hangs failed: {HANGS}")


def test_a_report_of_failures_alone_can_be_shown():
    text = printed(report([Row(contender=contender("hangs"), failure="it did not load")]))
    assert "Who is fastest? nobody was measured" in text
    assert "hangs failed: it did not load" in text


def test_a_long_name_is_folded_and_a_hostile_one_is_harmless():
    name = f"{'long ' * 12}\x1b[31m[red]x[/red]"
    made = named(brief("onnx int8", 1), name)
    text = printed(report([brief("keras", 0), made]))
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    assert "[red]" in text


def test_of_many_reasons_for_noise_the_first_are_shown(made):
    steady = made.row("onnx int8").scenarios["single_stream"][0]
    shaken = tuple(tuple(time * (1 + turn % 2) for time in one) for turn, one in enumerate(steady.rounds))
    rows = [
        named(brief("onnx int8", 1), f"row {n}").model_copy(
            update={"scenarios": {"single_stream": (steady.model_copy(update={"rounds": shaken}),)}}
        )
        for n in range(6)
    ]
    text = " ".join(printed(report(rows)).split())
    assert "the machine was noisy" in text
    assert "Times of row 2" in text
    assert "Times of row 5" not in text
    assert "more, which --out has." in text
