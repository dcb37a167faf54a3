"""Two candidates timed side by side: what is kept of it, in wall-clock and in processor time."""

import json
import time

import numpy as np
import pytest

from benchmarks.figures.contest import contest
from benchmarks.figures.latency import latency_parser, measure


def test_every_sample_is_kept_and_the_rest_follows_from_them():
    calls = {"ours": 0, "theirs": 0}

    def counting(name):
        def run():
            calls[name] += 1

        return run

    found = contest("ours", "theirs", {name: counting(name) for name in calls}, rounds=4)
    assert calls == {"ours": 9, "theirs": 9}, "five to warm up, and four rounds"
    for kind in ("", "cpu_"):
        assert {name: len(samples) for name, samples in found[f"{kind}samples_ms"].items()} == {"ours": 4, "theirs": 4}
        for name, samples in found[f"{kind}samples_ms"].items():
            assert found[f"{kind}median_ms"][name] == pytest.approx(np.median(samples), abs=1e-4)


def test_who_sleeps_takes_time_and_no_processor():
    def sleep():
        time.sleep(0.02)

    def work():
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass

    found = contest("ours", "theirs", {"ours": sleep, "theirs": work}, rounds=5)
    assert found["cpu_median_ms"]["theirs"] >= 20
    assert found["cpu_ratio"]["median"] < found["ratio"]["median"]


def test_each_number_of_threads_is_a_file(tmp_path):
    options = latency_parser("").parse_args(["--out", str(tmp_path / "new"), "--rounds", "3", "--threads", "1", "2"])
    loaded = []

    def load(file, threads):
        loaded.append((file.name, threads))
        return lambda: None

    files = {"ours": tmp_path / "a", "theirs": tmp_path / "b"}
    measure("some", files, load, [("ours", "theirs")], options, ["numpy"], {"elsewhere": "1.0"})
    assert loaded == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    for threads in (1, 2):
        document = json.loads((tmp_path / "new" / f"some_{threads}.json").read_text("utf-8"))
        assert document["threads"] == threads
        assert [(row["ours"], row["theirs"]) for row in document["comparisons"]] == [("ours", "theirs")]
        assert document["machine"]["packages"]["numpy"] == np.__version__
        assert document["machine"]["packages"]["elsewhere"] == "1.0"
