"""How near a row is to what the machine can do at all: its multiply-accumulates over the machine's measured peak.

peak = measure_peak(threads=1)                              # benchmarks.why.peak
limit_ns(1_062_126_592, peak, "int8")                       # no query of one picture can be faster
share_of_peak(1_062_126_592, 8_000_000, peak, "int8")       # 0.75

The limit is that of the processor's arithmetic: it does not hold for a GPU. It is a measured peak, of the fastest
kernel that was tried, so a share a little over 1 is no contradiction.
"""

from benchmarks.why.document import Peak

_PEAKS = {"fp32": "fp32", "fp16": "fp32", "int8": "int8", "int8-dynamic": "int8"}
"""By recipe: with fp16 a processor computes in float32, and stores half as many bytes."""


def limit_ns(macs: int, peak: Peak, recipe: str) -> float | None:
    """Return how many nanoseconds ``macs`` multiply-accumulates take at the peak for a recipe.

    None where that peak could not be measured, or none of the two is the recipe's ("int16x8").
    """
    rate = _rate(peak, recipe)
    return macs / rate * 1e9 if rate else None


def share_of_peak(macs: int, ns: float, peak: Peak, recipe: str) -> float | None:
    """Return which part of the machine's peak was reached: ``limit_ns`` over ``ns``; None as there.

    Args:
        macs: multiply-accumulates of the whole query: those of one picture times its pictures.
        ns: how long the query took.
        peak: measured with as many threads.
        recipe: decides between the peaks of float32 and of int8.
    """
    limit = limit_ns(macs, peak, recipe)
    return None if limit is None or ns <= 0 else limit / ns


def _rate(peak: Peak, recipe: str) -> float | None:
    rates = {"fp32": peak.fp32_macs_per_second, "int8": peak.int8_macs_per_second}
    return rates.get(_PEAKS.get(recipe, ""))
