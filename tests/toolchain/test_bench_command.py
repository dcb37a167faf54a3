"""``rct bench`` on classifiers that do nothing, each in a real process of its own."""

import json

import pytest

from benchmarks.latency.report import LatencyReport
from models.runtimes.null import write_null


@pytest.fixture
def bench(rct, original, photos):
    """Run ``rct bench`` against the original, on the photos, for a moment."""

    def bench(*arguments):
        moment = ("--images", photos, "--rounds", "6", "--seconds", "0.02", "--threads", "1")
        return rct("bench", *arguments, "--original", original.path, *moment)

    return bench


def test_bundle_and_original_are_timed_side_by_side(bench, export):
    shown = bench(export().path)
    assert shown.code == 0
    assert "null fp32" in shown.out
    assert "null (original)" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err.splitlines()[-1].startswith("Next: rct bench --out FOLDER")


def test_json_is_the_whole_report(bench, export):
    shown = bench(export().path, "--json", "--scenario", "single_stream,offline", "--batch", "1,2")
    report = LatencyReport.model_validate_json(shown.out)
    assert report.plan.scenarios == ("single_stream", "offline")
    row = report.row("null fp32")
    assert row.parity is not None
    assert row.parity.passed
    assert row.parity.pictures == ("green/strong.png", "other/grey.png", "red/strong.png", "red/weak.png")
    assert row.parity.categories[0].truth == (False, False, True, True)
    assert [samples.batch for samples in row.scenarios["offline"]] == [1, 2]
    assert report.row("null (original)").contender.original
    assert report.overhead is not None


def test_out_is_three_files_and_the_next_command(bench, export, tmp_path):
    shown = bench(export().path, "--out", tmp_path / "report")
    names = sorted(file.name for file in (tmp_path / "report").iterdir())
    assert names == ["report.html", "report.json", "report.md"]
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert "<img" not in page
    for file in (tmp_path / "report").iterdir():
        assert str(tmp_path) not in file.read_text("utf-8"), "a report says nothing of where anything is"
    assert shown.err.splitlines()[-1] == (
        f"Next: open {tmp_path}/report/report.html, or rct compare {tmp_path}/report/report.json LATER.json"
    )


def test_without_a_name_everything_in_exports(bench, export, tmp_path):
    export("exports/one")
    export("exports/two", recipe="int8")
    shown = bench("--json")
    names = [row["contender"]["name"] for row in json.loads(shown.out)["rows"]]
    assert names == ["null (original)", "null fp32", "null int8"]


def test_nothing_to_time(rct):
    shown = rct("bench")
    assert shown.code == 2
    assert shown.err == "rct: bundles: none named, and none in exports/. rct export --format onnx makes one.\n"


def test_one_that_decides_otherwise_fails_the_run(bench, export):
    shown = bench(export(bias=(0.2, 0.0)).path)
    assert shown.code == 1
    assert shown.err.splitlines()[-1] == "rct: null fp32: does not decide like the original. rct verify says more."


def test_one_that_cannot_run_is_a_row_and_the_others_go_on(bench, export):
    broken, sound = export("broken"), export("sound", recipe="int8")
    model = broken.path / broken.manifest.model
    model.write_text(json.dumps({"weights": "none", "bias": [0, 0]}), "utf-8")
    from models.bundle import Bundle, seal

    fields = broken.manifest.model_dump(exclude={"files", "schema_version"})
    seal(broken.path, **fields)
    Bundle.open(broken.path)
    shown = bench(broken.path, sound.path, "--json")
    report = LatencyReport.model_validate_json(shown.out)
    assert shown.code == 1
    assert shown.err.splitlines()[-1] == "rct: null fp32: could not be timed. The reason stands in the report."
    assert str(report.row("null fp32").failure).startswith("broken/model.json: not a null model")
    assert report.row("null fp32").scenarios == {}
    assert report.row("null int8").scenarios["single_stream"][0].count >= 6


def test_a_picture_that_cannot_be_read_is_passed_over(bench, export, photos):
    (photos / "red" / "broken.png").write_bytes(b"no picture")
    shown = bench(export().path, "--json")
    assert shown.code == 0
    assert f"rct: {photos}/red/broken.png: " in shown.err
    assert len(LatencyReport.model_validate_json(shown.out).rows[1].parity.pictures) == 4


def test_a_place_that_cannot_be_written_is_refused_before_anything_is_timed(bench, export, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    shown = bench(export().path, "--out", tmp_path / "file")
    assert shown.code == 2
    assert shown.err == f"rct: {tmp_path}/file: cannot be made (File exists). Give another --out.\n"


def test_bundles_of_two_originals_are_not_timed_together(rct, export, spec, tmp_path, original):
    other = write_null(tmp_path / "other-original", spec, bias=[0.5, 0.5])
    parent = {"name": "colours", "sha256": other.manifest.sha256}
    stranger = write_null(tmp_path / "stranger", spec, parent=parent)
    shown = rct("bench", export().path, stranger.path)
    assert shown.code == 2
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--scenario", "burst"], "scenario: unknown name (got 'burst'). Known: all, multi_stream, offline, server, "),
        (["--scenario", "server"], "scenario server: wants a bound for its 99th percentile. Give --latency-bound"),
        (["--stage", "whole"], "stage: unknown name (got 'whole'). Known: file, model, picture, resident."),
        (["--threads", "none"], "--threads: not a whole number from 1 to 1024 (got 'none')."),
        (["--setting", "fast"], "--setting: not name=value (got 'fast')."),
        (["--setting", "enable_cuda_graph=1"], "--setting: is for onnx bundles, and there is none."),
        (["--show-pictures"], "--show-pictures: without a page to put them into. Give --out FOLDER."),
        (["--seconds", "inf"], "Invalid value for '--seconds': "),
        (["--latency-bound", "inf"], "Invalid value for '--latency-bound': "),
        (["--peer", "nobody"], "peer: unknown name (got 'nobody')."),
        (["--rounds", "5"], "Invalid value for '--rounds': Input should be greater than or equal to 6. See"),
    ],
)
def test_bad_input_is_one_line(rct, export, original, arguments, text):
    shown = rct("bench", export().path, "--original", original.path, *arguments)
    assert shown.code == 2
    assert shown.err.startswith(f"rct: {text}")
    assert shown.err.count("\n") == 1


def test_a_gpu_that_is_not_there_is_the_reason_of_the_row(rct, export, original, photos):
    shown = rct(
        "bench", export().path, "--original", original.path, "--images", photos, "--device", "cuda", "--rounds", "6",
        "--seconds", "0.02", "--json",
    )  # fmt: skip
    assert shown.code == 1
    report = LatencyReport.model_validate_json(shown.out)
    assert all(
        str(row.failure).startswith("null runtime: runs on the processor only (got cuda)") for row in report.rows
    )
