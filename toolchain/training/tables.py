"""What a training reached, for a reader."""

from collections.abc import Mapping

from rich.console import RenderableType

from benchmarks.parity_report import Measurement
from toolchain.table import table
from toolchain.training.validation import METRICS, Measured


def measures_table(measures: Mapping[str, Measured]) -> RenderableType:
    """Return a row per metric of each category, with its interval."""
    rows = [
        (name, f"{found.pictures} ({found.positives})", METRICS[metric], *shown(value))
        for name, found in measures.items()
        for metric, value in found.metrics.items()
    ]
    return table(("category", "pictures (yes)", "metric", "value", "95 % interval"), rows, right={"value"})


def shown(measured: Measurement) -> tuple[str, str]:
    """Return a value and its interval as text; what could not be measured is a dash, and the reason."""
    if measured.value is None:
        return "-", measured.undefined
    if measured.low is None or measured.high is None:
        return f"{measured.value:.4f}", ""
    return f"{measured.value:.4f}", f"{measured.low:.4f} to {measured.high:.4f}"
