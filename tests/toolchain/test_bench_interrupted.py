"""``rct bench`` ended from outside: what was measured is there, whole rounds of it, whatever ended it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.latency.report import LatencyReport

ROOT = Path(__file__).parents[2]
RUN = "import sys; from toolchain.cli import main; sys.exit(main())"
ROUNDS = 900

pytestmark = pytest.mark.usefixtures("interruptible")


@pytest.fixture
def started(export, original, photos):
    """Start ``rct bench`` on a run of many minutes, in a process of its own."""
    running = []

    def started(*arguments):
        asked = [export().path, "--original", original.path, "--images", photos, "--threads", "1", *arguments]
        asked += ["--rounds", ROUNDS, "--seconds", "0.05"]
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, "bench", *map(str, asked)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"},
        )
        running.append(process)
        return process

    yield started
    for process in running:
        process.kill()
        process.communicate()


def wait_for(file, process):
    """Wait until the file is there; a run that ends before is shown."""
    while not file.exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


def check(report):
    """Hold a partial report: every contender has as many rounds, and fewer than were asked for."""
    assert report.partial is not None
    assert report.partial.complete == ()
    assert [row.contender.name for row in report.rows] == ["null (original)", "null fp32"]
    (rounds,) = {len(row.scenarios["single_stream"][0].rounds) for row in report.rows}
    assert 1 <= rounds < ROUNDS
    assert report.rows[1].parity.passed
    return rounds


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_run_and_leaves_what_was_measured(number, started, tmp_path):
    folder = tmp_path / "report"
    process = started("--out", folder, "--json")
    wait_for(folder / "report.json", process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    report = LatencyReport.model_validate_json((folder / "report.json").read_text("utf-8"))
    rounds = check(report)
    assert process.returncode == 130
    assert err.splitlines()[-1] == (
        f"rct: interrupted: 0 of 1 scenarios complete, {rounds} of {ROUNDS} rounds of single_stream. "
        f"What was measured is in {folder}/report.json."
    )
    assert LatencyReport.model_validate_json(out) == report
    assert sorted(file.name for file in folder.iterdir()) == ["report.html", "report.json", "report.md"]
    assert "the run was ended: 0 of 1 scenarios complete" in (folder / "report.md").read_text("utf-8")


def test_a_run_that_is_killed_leaves_its_last_whole_round(started, tmp_path):
    folder = tmp_path / "report"
    process = started("--out", folder)
    wait_for(folder / "report.json", process)
    process.kill()
    process.communicate()
    check(LatencyReport.model_validate_json((folder / "report.json").read_text("utf-8")))


def test_a_run_that_is_over_is_whole(rct, export, original, photos, tmp_path):
    moment = ("--images", photos, "--rounds", "6", "--seconds", "0.02", "--threads", "1")
    rct("bench", export().path, "--original", original.path, *moment, "--out", tmp_path / "report")
    text = (tmp_path / "report" / "report.json").read_text("utf-8")
    assert LatencyReport.model_validate_json(text).partial is None
