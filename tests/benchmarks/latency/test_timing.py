"""The timed loop and the queue, on queries of our own."""

import gc
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kstest

from benchmarks.latency.arrivals import poisson, serve
from benchmarks.latency.timing import time_queries

ROOT = Path(__file__).parents[3]
_PEAKS = """
from benchmarks.latency.timing import peak_rss_bytes
before = peak_rss_bytes()
kept = b"x" * (64 << 20)
print(before, peak_rss_bytes())
"""


def test_queries_take_turns_and_every_answer_is_kept():
    queries = [lambda: "a", lambda: "b", lambda: "c"]
    timed = time_queries(queries, seconds=0.0, least=7, most=10)
    assert timed.answers == ("a", "b", "c", "a", "b", "c", "a")
    assert len(timed.times_ns) == 7


def test_there_are_never_more_than_the_most():
    assert len(time_queries([lambda: None], seconds=60, least=1, most=11).times_ns) == 11


def test_a_time_is_that_of_its_query_and_the_wall_clock_has_them_all():
    timed = time_queries([lambda: time.sleep(0.002), lambda: None], seconds=0.0, least=6, most=6)
    assert min(timed.times_ns[::2]) >= 2_000_000
    assert sum(timed.times_ns) <= timed.wall_ns
    assert timed.cpu_ns < timed.wall_ns  # it slept


def test_no_garbage_is_collected_meanwhile_and_it_is_again_later():
    seen = time_queries([gc.isenabled], seconds=0.0, least=2, most=2).answers
    assert seen == (False, False)
    assert gc.isenabled()


def test_an_error_is_not_a_time():
    def fails():
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        time_queries([fails], seconds=0.0, least=2, most=2)
    assert gc.isenabled()


def test_arrivals_are_a_poisson_process_of_the_rate():
    arrivals = poisson(rate=40.0, count=4000, seed=7)
    gaps = np.diff(arrivals, prepend=0.0)
    assert gaps.mean() == pytest.approx(1 / 40, rel=0.05)  # three standard errors
    assert kstest(gaps, "expon", args=(0, 1 / 40)).pvalue > 0.01
    assert abs(np.corrcoef(gaps[1:], gaps[:-1])[0, 1]) < 0.05


def test_arrivals_hang_on_the_seed_alone():
    assert (poisson(3.0, 20, 1) == poisson(3.0, 20, 1)).all()
    assert (poisson(3.0, 20, 1) != poisson(3.0, 20, 2)).all()
    np.testing.assert_allclose(poisson(6.0, 20, 1), poisson(3.0, 20, 1) / 2)


def test_a_time_in_the_queue_counts():
    timed = serve([lambda: time.sleep(0.002)], np.zeros(5))  # all at once, one after another
    assert all(took >= 2_000_000 * place for place, took in enumerate(timed.times_ns, start=1))


def test_nobody_is_served_before_having_come():
    came = np.array([0.0, 0.02, 0.04])
    began = time.perf_counter_ns()
    timed = serve([time.perf_counter_ns], came)
    assert all(answer - began >= arrival * 1e9 for answer, arrival in zip(timed.answers, came, strict=True))
    assert min(timed.times_ns) > 0
    assert timed.wall_ns >= 40_000_000


def test_the_peak_of_memory_is_ours():
    """In a process of its own, whose peak nothing else has raised before."""
    before, after = map(int, subprocess.check_output([sys.executable, "-c", _PEAKS], text=True, cwd=ROOT).split())
    assert 60 << 20 <= after - before < 96 << 20  # the kernel counts pages in lots
