"""``rct compare`` on reports written for it: what is shown, said and returned."""

import json

import pytest
from latency_reports import HERE, parity, report, row
from simulated import samples

from benchmarks.latency.report import Partial


@pytest.fixture
def write(tmp_path):
    """Write a report into the folder that the command runs in."""

    def write(name, *rows, **rest):
        (tmp_path / name).write_text(report(*rows, **rest).model_dump_json())
        return name

    return write


@pytest.fixture
def before(write):
    times = {"single_stream": (samples([[10.0] * 9] * 12),)}
    return write("a.json", row("onnx int8", scenarios=times, size=6_000_000, parity=parity()), row("keras", 100.0))


@pytest.fixture
def same(write):
    return write("b.json", row("onnx int8", size=6_000_000, parity=parity(1), seed=3), row("keras", 100.0, seed=4))


@pytest.fixture
def slower(write):
    times = {"single_stream": (samples([[11.5] * 9] * 12),)}
    return write("b.json", row("onnx int8", scenarios=times, size=6_100_000, parity=parity(7)), row("keras", 100.0))


def test_nothing_got_worse(rct, before, same):
    shown = rct("compare", before, same, "--gate")
    assert shown.code == 0
    assert shown.out.endswith("verdict\n\n  PASS\n  nothing got worse (time: by more than 5 %)\n\n")
    assert shown.err == "Next: rct bench --why says where the time goes.\n"


def test_a_run_that_was_ended_is_said(rct, before, write):
    few = {"single_stream": (samples([[10.0] * 9] * 5),)}
    ended = write("b.json", row("onnx int8", scenarios=few, size=6_000_000, parity=parity()), partial=Partial())
    shown = rct("compare", before, ended)
    assert shown.code == 0
    assert (
        "rct: b.json: a run that was ended (0 of 1 scenarios complete, 5 of 12 rounds of single_stream).\n" in shown.err
    )


def test_what_got_worse(rct, before, slower):
    shown = rct("compare", before, slower)
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    for line in (
        "onnx int8   single_stream   10.0 ms   11.5 ms   1.150   1.150…1.150   slower",
        "onnx int8   PASS → FAIL   0 of 100 → 7 of 100   0 → 0.2",
        "onnx int8   6.0 MB   6.1 MB",
        "  FAIL",
        "  onnx int8: parity passed in A and fails in B (7 decisions of 100 pictures",
        "  onnx int8, single_stream: slower by 15.0 % (15.0 to 15.0 %), allowed are 5 %",
    ):
        assert line in shown.out
    assert shown.err == "Next: rct compare a.json b.json --gate exits with 1 if something got worse.\n"


def test_the_gate(rct, before, slower):
    shown = rct("compare", before, slower, "--gate")
    assert shown.code == 1
    assert "FAIL" in shown.out
    assert shown.err == (
        "rct: b.json: onnx int8: parity passed in A and fails in B (7 decisions of 100 pictures flipped); and 1 more."
        " rct bench --why says where the time goes.\n"
    )


def test_more_is_allowed(rct, before, write):
    after = write("b.json", row("onnx int8", 11.5, parity=parity()), row("keras", 100.0))
    assert rct("compare", before, after, "--gate").code == 1
    assert rct("compare", before, after, "--gate", "--allow", "20%").code == 0
    assert rct("compare", before, after, "--gate", "--allow", "0.2").code == 0


def test_json_has_everything(rct, before, slower):
    shown = rct("compare", before, slower, "--gate", "--json", "--allow", "7%", "--quiet")
    document = json.loads(shown.out)
    assert shown.code == 1
    assert (document["allowance"], document["passed"], len(document["regressions"])) == (0.07, False, 2)
    assert document["times"][0]["ratio"] == pytest.approx(1.15, rel=0.01)
    assert document["parity"][0]["after"]["flips"] == 7
    assert document["schema_version"] == "rct.comparison/1"


def test_two_machines(rct, before, write):
    other = HERE.model_copy(update={"cores": 64})
    after = write("b.json", row("onnx int8", seed=3), row("keras", 100.0, seed=4), environment=other)
    shown = rct("compare", before, after)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == (
        "rct: reports: made on two machines (got Abacus 9, 2 cores; and Abacus 9, 64 cores)."
        " Compare runs of one machine, or say --any-machine.\n"
    )
    shown = rct("compare", before, after, "--any-machine")
    assert shown.code == 0
    assert shown.err.startswith("rct: A and B were made on two machines: the ratios are those of the machines, too.\n")


def test_noise_and_what_it_hides_are_said(rct, before, write):
    times = [[ms] for ms in (8.0, 10.0, 12.5, 10.0) for _ in range(3)]
    after = write("b.json", row("onnx int8", scenarios={"single_stream": (samples(times),)}, parity=parity()))
    shown = rct("compare", before, after, "--quiet")
    assert shown.err.splitlines() == [
        "rct: b.json: a noisy run. Times of onnx int8 in single_stream scatter by 17 % between rounds (limit 5 %).",
        "rct: onnx int8, single_stream: too uncertain to see a change of 5 %. Take more rounds.",
    ]


def test_nothing_to_compare(rct, write):
    shown = rct("compare", write("a.json", row("a")), write("b.json", row("a", threads=2)), "--quiet")
    assert (shown.code, shown.err) == (0, "rct: no times were compared.\n")
    assert "threads differ (1 and 2), so its times are not compared." in shown.out


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["a.json", "gone.json"], "gone.json: No such file or directory."),
        (["a.json", "list.txt"], "list.txt: not a report of rct bench. rct bench --out FOLDER writes report.json."),
        (
            ["old.json", "a.json"],
            "old.json: a report of another version (got 'rct.latency/0', expected 'rct.latency/1').",
        ),
        (["a.json", "a.json", "--allow", "much"], "--allow: not a share (got much). Give it as 5% or 0.05."),
        (["a.json"], "Missing argument 'B.json'. See rct compare --help."),
    ],
)
def test_bad_input_is_one_line(rct, before, tmp_path, arguments, line):
    (tmp_path / "list.txt").write_text("milk")
    (tmp_path / "old.json").write_text('{"schema_version": "rct.latency/0"}')
    shown = rct("compare", *arguments)
    assert (shown.code, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert shown.err.startswith(f"rct: {line}")
