"""The calibrators, against numpy and scipy on all the data at once, and against ONNX Runtime's own."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from exporters.calibration import Calibrator, calibrator, calibrators
from exporters.calibration.histogram import Histogram
from exporters.calibration.methods.entropy import best_bins
from exporters.calibration.methods.percentile import Percentile
from models.errors import UnknownName, UserError

DISTRIBUTIONS = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "relu": lambda rng, n: np.maximum(rng.standard_normal(n), 0),
    "skewed": lambda rng, n: rng.gamma(0.3, 4.0, n) - 0.05,
    "heavy": lambda rng, n: rng.standard_t(2, n),
    "negative": lambda rng, n: -rng.gamma(2.0, 1.0, n),
    "tiny": lambda rng, n: rng.standard_normal(n) * 1e-30,
    "huge": lambda rng, n: rng.standard_normal(n) * 1e30,
}


def sample(kind: str, n: int = 50_000) -> NDArray[np.float32]:
    return DISTRIBUTIONS[kind](np.random.default_rng(len(kind)), n).astype(np.float32)


def one_range(method: Calibrator, values: NDArray[np.float32], parts: int = 7) -> tuple[float, float]:
    for part in np.array_split(values, parts):
        method.observe("x", part)
    return method.ranges()["x"]


def test_every_method_is_found_by_its_name() -> None:
    assert calibrators() == ("entropy", "minmax", "percentile")


def test_an_unknown_method_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName) as caught:
        calibrator("median")
    assert str(caught.value) == "calibrator: unknown name (got 'median'). Known: entropy, minmax, percentile."


def test_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; from exporters.calibration import calibrator, calibrators;"
        "[calibrator(name) for name in calibrators()];"
        "print(sorted({'tensorflow', 'keras', 'onnx', 'onnxruntime', 'scipy', 'sklearn'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", calibrators())
class TestEveryCalibrator:
    """What the rest of the program relies on, of each method."""

    @pytest.mark.parametrize("kind", DISTRIBUTIONS)
    def test_zero_is_in_range_and_the_range_within_the_data(self, name: str, kind: str) -> None:
        values = sample(kind)
        low, high = one_range(calibrator(name), values)
        assert isinstance(low, float)
        assert isinstance(high, float)
        assert min(0.0, float(values.min())) <= low <= 0 <= high <= max(0.0, float(values.max()))
        assert high > low

    @pytest.mark.parametrize("kind", DISTRIBUTIONS)
    def test_neither_the_batches_nor_their_order_matter(self, name: str, kind: str) -> None:
        values = sample(kind)
        whole = one_range(calibrator(name), values, 1)
        assert one_range(calibrator(name), values, 50) == whole
        assert one_range(calibrator(name), np.sort(values), 50) == whole
        assert one_range(calibrator(name), np.sort(values)[::-1], 3) == whole

    def test_tensors_are_kept_apart_and_may_have_any_shape(self, name: str) -> None:
        method = calibrator(name)
        values = sample("normal", 120)
        method.observe("a", values.reshape(2, 3, 4, 5))
        method.observe("b", values * 2)
        method.observe("c", values.reshape(4, 30).T)
        ranges = method.ranges()
        assert list(ranges) == ["a", "b", "c"]
        assert ranges["a"] == ranges["c"]
        assert ranges["b"] == (2 * ranges["a"][0], 2 * ranges["a"][1])

    @pytest.mark.parametrize("values", [np.zeros(100), np.zeros(0), np.zeros((0, 3))])
    def test_nothing_but_zeros_is_an_empty_range(self, name: str, values: NDArray) -> None:
        low, high = one_range(calibrator(name), values.astype(np.float32), 1)
        assert (low, high) == (0.0, 0.0)
        assert not np.signbit(low)

    def test_zeros_first(self, name: str) -> None:
        method = calibrator(name)
        method.observe("x", np.zeros(1000, np.float32))
        method.observe("x", np.full(1000, 3.0, np.float32))
        assert method.ranges()["x"] == (0.0, 3.0)

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_values_that_are_no_numbers_are_refused(self, name: str, bad: float) -> None:
        with pytest.raises(UserError) as caught:
            calibrator(name).observe("conv_3", np.array([0.0, bad, 1.0], np.float32))
        assert str(caught.value) == "activation conv_3: infinite or not a number. The network itself is damaged."

    def test_the_observed_values_are_left_alone(self, name: str) -> None:
        values = sample("normal", 1000)
        before = values.copy()
        values.flags.writeable = False
        one_range(calibrator(name), values)
        assert np.array_equal(values, before)

    def test_memory_does_not_grow_with_the_data(self, name: str) -> None:
        method = calibrator(name)
        values = sample("heavy")
        one_range(method, values)
        tracemalloc.start()
        for step in range(40):
            method.observe("x", values * np.float32(1 + step))
        kept, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert kept < 200_000  # of 40 x 200 kB seen; two histograms of 64 kB may be new


def test_minmax_is_the_extremes() -> None:
    values = sample("skewed")
    assert one_range(calibrator("minmax"), values) == (float(values.min()), float(values.max()))


@pytest.mark.parametrize("percentile", [90.0, 99.0, 99.9, 99.99, 99.999, 100.0])
@pytest.mark.parametrize("kind", DISTRIBUTIONS)
def test_percentile_is_numpys_within_a_bin(kind: str, percentile: float) -> None:
    values = sample(kind)
    low, high = one_range(Percentile(percentile), values)
    inner = np.percentile(values, 100 - percentile, method="higher"), np.percentile(values, percentile, method="lower")
    outer = np.percentile(values, 100 - percentile, method="lower"), np.percentile(values, percentile, method="higher")
    low_bin, high_bin = max(0.0, -float(values.min())) / 4096, max(0.0, float(values.max())) / 4096
    assert min(0.0, outer[0]) - low_bin <= low <= min(0.0, inner[0])
    assert max(0.0, inner[1]) <= high <= max(0.0, outer[1]) + high_bin
    spared = (100 - percentile) / 100 * values.size
    assert np.count_nonzero(values > high) <= spared
    assert np.count_nonzero(values < low) <= spared


def test_a_rectified_tensor_loses_nothing_below() -> None:
    low, high = one_range(Percentile(99), sample("relu"))
    assert low == 0
    assert high == pytest.approx(stats.norm.ppf(0.99), rel=0.02)


def test_a_percentile_without_sense_is_our_bug() -> None:
    with pytest.raises(ValueError, match=r"above 50 and at most 100 \(got 5\)"):
        Percentile(5)


@pytest.mark.parametrize("kind", ["relu", "skewed", "heavy", "tiny", "huge"])
def test_a_histogram_is_numpys_of_all_the_data(kind: str) -> None:
    values = np.abs(sample(kind))
    growing = Histogram(256)
    for part in np.array_split(np.sort(values), 31):
        growing.add(part, float(part.max()))
    expected, _ = np.histogram(values.astype(np.float64), bins=256, range=(0, 256 * growing.width))
    assert np.array_equal(growing.counts, expected)
    assert np.log2(growing.width) % 1 == 0
    assert 128 * growing.width <= values.max() < 256 * growing.width


def test_a_histogram_counts_everything_once_even_a_power_of_two() -> None:
    histogram = Histogram(4)
    for number in (1.0, 4.0, 0.0, 1024.0, 3.9):
        histogram.add(np.array([number], np.float32), number)
    assert (histogram.width, histogram.counts.tolist()) == (512.0, [4, 0, 1, 0])


def brute_force(counts: NDArray[np.int64], levels: int) -> int:
    """Migacz's loop, one bin after the other, with scipy's entropy; the smallest of the best."""
    divergences = {}
    for kept in range(levels, counts.size + 1):
        p = counts[:kept].astype(float)
        p[-1] += counts[kept:].sum()
        q = np.zeros(kept)
        level = [bin_ * levels // kept for bin_ in range(kept)]
        for bin_ in range(kept):
            mates = [other for other in range(kept) if level[other] == level[bin_]]
            if p[bin_]:
                q[bin_] = counts[mates].sum() / np.count_nonzero(p[mates])
        divergences[kept] = stats.entropy(p, q) if q.sum() else np.inf
    return min(divergences, key=lambda kept: (round(divergences[kept], 12), kept))


@pytest.mark.parametrize("seed", range(12))
def test_entropy_is_the_brute_force_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(300 * np.exp(-np.arange(60) / rng.uniform(4, 20))) * (rng.random(60) > 0.15)
    counts[rng.integers(40, 60, 3)] += 1
    counts = np.trim_zeros(counts.astype(np.int64), "b")
    assert best_bins(counts, 8) == brute_force(counts, 8)


def test_fewer_bins_than_levels_are_all_kept() -> None:
    assert best_bins(np.array([5, 0, 1]), 8) == 3


def test_entropy_leaves_exact_zeros_out() -> None:
    values = sample("relu")
    dense = one_range(calibrator("entropy"), values[values > 0])
    assert one_range(calibrator("entropy"), values) == dense


def test_entropy_clips_a_lone_outlier() -> None:
    values = np.append(sample("normal"), np.float32(60))
    low, high = one_range(calibrator("entropy"), values)
    assert high < 10
    assert low > -10


def with_outliers(rng: np.random.Generator) -> NDArray:
    return np.append(rng.uniform(-1, 1, 100_000), [8, -8] * 20)


@pytest.mark.parametrize(
    ("draw", "tolerance"),
    [
        (with_outliers, 0.05),
        (lambda rng: rng.standard_normal(100_000), 0.2),
    ],
)
def test_entropy_agrees_with_onnxruntime(draw: Callable[[np.random.Generator], NDArray], tolerance: float) -> None:
    """Not to the bin: ONNX Runtime smooths P and Q, cuts the levels elsewhere, and bins between the extremes."""
    from onnxruntime.quantization.calibrate import HistogramCollector

    values = draw(np.random.default_rng(0)).astype(np.float32)
    theirs = HistogramCollector(
        method="entropy", symmetric=True, num_bins=4096, num_quantized_bins=256, percentile=None, scenario="same"
    )
    theirs.collect({"x": [values]})
    their_low, their_high, *_ = theirs.compute_collection_result()["x"]
    low, high = one_range(calibrator("entropy"), values)
    assert low == pytest.approx(their_low, rel=tolerance)
    assert high == pytest.approx(their_high, rel=tolerance)


def test_percentile_agrees_with_onnxruntime() -> None:
    """ONNX Runtime cuts half of the share at each end where we cut all of it: 99.9 there is 99.95 here."""
    from onnxruntime.quantization.calibrate import HistogramCollector

    values = sample("normal", 100_000)
    theirs = HistogramCollector(
        method="percentile", symmetric=False, num_bins=4096, num_quantized_bins=256, percentile=99.9, scenario="same"
    )
    theirs.collect({"x": [values]})
    their_low, their_high, *_ = theirs.compute_collection_result()["x"]
    low, high = one_range(Percentile(99.95), values)
    assert (low, high) == (pytest.approx(their_low, abs=0.01), pytest.approx(their_high, abs=0.01))
