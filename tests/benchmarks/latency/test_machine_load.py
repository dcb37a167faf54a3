"""The counters of /proc/stat, on fixed texts with sums done by hand, and on this machine."""

import subprocess
import sys

import pytest

from benchmarks.latency.machine_load import Look, MachineLoad, load_between, look, read

BEFORE = """\
cpu  1000 50 200 8000 300 10 40 60 500 0
cpu0 500 25 100 4000 150 5 20 30 250 0
cpu1 500 25 100 4000 150 5 20 30 250 0
intr 5000 0 1
ctxt 77
"""
AFTER = BEFORE.replace("cpu  1000 50 200 8000 300 10 40 60 500 0", "cpu  2200 50 400 8500 320 10 40 140 900 0")


def test_a_text_is_read():
    assert read(BEFORE, clock=7.0, ours=1.5) == Look(clock=7.0, cores=2, busy=13.0, ours=1.5, steal=0.6)


def test_the_load_is_what_was_added():
    load = load_between(read(BEFORE, 100.0, 1.0), read(AFTER, 110.0, 9.0))
    assert load.model_dump() == pytest.approx({"seconds": 10.0, "cores": 2, "busy": 1.4, "ours": 0.8, "steal": 0.08})
    assert load.others == pytest.approx(0.6)


def test_others_are_never_less_than_nothing():
    assert MachineLoad(seconds=1, cores=2, busy=0.99, ours=1.0, steal=0).others == 0.0


@pytest.mark.parametrize(
    "text", ["", "cpu one two", "cpu  1 2 3 4\ncpu0 1 2 3 4\n", "cpu  1 2 3 4 5 6 7 8\n", "MemTotal: 5"]
)
def test_other_texts_say_nothing(text):
    assert read(text, 0.0, 0.0) is None


def test_without_two_looks_there_is_no_load():
    one = read(BEFORE, 100.0, 1.0)
    assert load_between(None, one) is load_between(one, None) is load_between(one, one) is None


@pytest.mark.skipif(sys.platform != "linux", reason="/proc/stat is Linux's")
def test_the_work_of_a_process_that_has_ended_is_ours():
    before = look()
    subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"], check=True)
    load = load_between(before, look())
    assert load.ours > 0
    assert load.ours <= load.cores + 0.5
