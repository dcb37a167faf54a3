"""What stands in the cell of a table: a value in the fewest words, and its interval in small print.

milliseconds(5_120_000)                    # "5.12"
time_cell(speed.p50)                       # Cell("5.12", "5.09 to 5.16")
"""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from benchmarks.latency.comparison import Verdict
from benchmarks.parity_report import Measurement

Tone = Literal["", "good", "bad", "unsure"]
NONE = "-"


@dataclass(frozen=True)
class Cell:
    """``text``, with ``detail`` in small print beside it, and how it is to be taken."""

    text: str
    detail: str = ""
    tone: Tone = ""

    def __str__(self) -> str:
        return f"{self.text} ({self.detail})" if self.detail else self.text


def three(value: float) -> str:
    """Return three significant digits, never an exponent; thousands are whole, with commas."""
    if value == 0:
        return "0"
    shown = f"{value:,.0f}" if abs(value) >= 99.95 else f"{value:#.3g}"
    return f"{value:.2e}" if "e" in shown else shown


def milliseconds(nanoseconds: float) -> str:
    """Return a time in milliseconds, three digits."""
    return three(nanoseconds / 1e6)


def seconds(nanoseconds: float) -> str:
    """Return a time in seconds, three digits."""
    return three(nanoseconds / 1e9)


def megabytes(count: int | None) -> str:
    """Return bytes as MB (1e6), or a dash."""
    return NONE if count is None else three(count / 1e6)


def percent(share: float | None) -> str:
    """Return a share as a percentage, or a dash."""
    if share is None:
        return NONE
    return f"{100 * share:.0f} %" if share >= 0.0995 else f"{100 * share:.2g} %"


def time_cell(time: Measurement) -> Cell:
    """Return nanoseconds as milliseconds with the interval; where there is no value, why."""
    if time.value is None:
        return Cell(NONE, time.undefined, "unsure")
    if time.low is None or time.high is None:
        return Cell(milliseconds(time.value), time.undefined)
    return Cell(milliseconds(time.value), f"{milliseconds(time.low)} to {milliseconds(time.high)}")


def ratio_text(verdict: Verdict) -> str:
    """Return a ratio of times with its interval."""
    return f"{three(verdict.ratio)} ({interval_text(verdict)})"


def interval_text(verdict: Verdict) -> str:
    """Return the interval of a ratio, or that there were too few rounds for one."""
    if not isfinite(verdict.high):
        return f"{verdict.rounds} round{'s' * (verdict.rounds != 1)}: too few"
    return f"{three(verdict.low)} to {three(verdict.high)}"


def verdict_cell(verdict: Verdict | None, against: str = "") -> Cell:
    """Return a ratio of times with its interval and its word; ``against`` names the other where a reader can't know."""
    if verdict is None:
        return Cell("")
    tone: Tone = "unsure" if verdict.word == "can't tell" else "good" if verdict.word == "faster" else "bad"
    other = f"; {against}" if against else ""
    return Cell(f"{three(verdict.ratio)} {verdict.word}", f"{interval_text(verdict)}{other}", tone)


def times_text(verdict: Verdict) -> str:
    """Return how many times as fast the first is: "5.35 times as fast", or "1.40 times as slow"."""
    if verdict.word == "can't tell":
        return "can't tell"
    if verdict.word == "faster":
        return f"{three(1 / verdict.ratio)} times as fast"
    return f"takes {three(verdict.ratio)} times as long"


def value_cell(measured: Measurement, tone: Tone = "") -> Cell:
    """Return a value with three digits and its interval; where there is none, why."""
    if measured.value is None:
        return Cell(NONE, measured.undefined, "unsure")
    if measured.low is None or measured.high is None:
        return Cell(f"{measured.value:.3g}", measured.undefined, tone)
    return Cell(f"{measured.value:.3g}", f"{measured.low:.3g} to {measured.high:.3g}", tone)
