"""The limit, by hand: a billion multiply-accumulates at so many a second."""

import pytest

from benchmarks.why.document import Peak
from benchmarks.why.limit import limit_ns, share_of_peak

PEAK = Peak(threads=1, fp32_macs_per_second=50e9, int8_macs_per_second=200e9)


@pytest.mark.parametrize(("recipe", "ns"), [("fp32", 20e6), ("fp16", 20e6), ("int8", 5e6), ("int8-dynamic", 5e6)])
def test_the_limit_is_the_work_over_the_peak(recipe, ns):
    assert limit_ns(1_000_000_000, PEAK, recipe) == pytest.approx(ns)


def test_the_share_is_the_limit_over_the_time():
    assert share_of_peak(1_000_000_000, 8e6, PEAK, "int8") == pytest.approx(0.625)
    assert share_of_peak(8 * 1_000_000_000, 40e6, PEAK, "int8") == pytest.approx(1)


def test_nothing_is_said_where_there_is_no_peak():
    assert limit_ns(1, PEAK, "int16x8") is None
    assert limit_ns(1, Peak(threads=1, fp32_macs_per_second=1e9), "int8") is None
    assert share_of_peak(1, 1.0, Peak(threads=1), "fp32") is None
    assert share_of_peak(1, 0.0, PEAK, "fp32") is None
