"""The plots of times: distributions, throughput, service rates, accuracy against latency, and the course of the run.

for plot in time_plots(reading):
    plot.title, plot.svg
"""

from math import ceil, floor, log10
from typing import Any

from benchmarks.latency.rendering.curves import distribution, drift, front
from benchmarks.latency.rendering.drawing import INK, MUTED, Ink, Plot, drawing, inks, logarithmic
from benchmarks.latency.rendering.rows import Reading, Speed, Standing
from benchmarks.parity_report import Measurement

_WIDE = 8.0
"""Ratio of the largest to the smallest from which an axis is logarithmic."""


def time_plots(reading: Reading) -> tuple[Plot, ...]:
    """Draw what there are samples for."""
    drawn: list[Plot | None] = [accuracy_against_latency(reading)]
    for scenario in reading.scenarios:
        if scenario == "offline":
            drawn.append(throughput(reading))
        elif scenario == "server":
            drawn.append(service(reading))
        else:
            drawn.append(distributions(reading, scenario))
    drawn.append(course(reading))
    return tuple(plot for plot in drawn if plot is not None)


def distributions(reading: Reading, scenario: str) -> Plot:
    """Draw the share of queries by time, a line for each contender."""
    title = f"Distribution of times, {scenario.replace('_', ' ')}"
    about = "Share of queries that took no longer. A steep line is a steady one; dots mark p50, p90 and p99."
    colours = inks(reading.standings)
    with drawing(f"distribution-{scenario}", title, about, 3.3) as plot:
        (axes,) = plot.axes()
        for standing, speed in reading.in_scenario(scenario):
            ink = colours[standing.name]
            axes.step(*distribution(speed.samples), where="post", color=ink.colour, linestyle=ink.dash)
            marks = [(m.value / 1e6, q) for m, q in ((speed.p50, 0.5), (speed.p90, 0.9), (speed.p99, 0.99)) if m.value]
            if marks:
                axes.plot(*zip(*marks, strict=True), "o", color=ink.colour, markersize=3.5)
        logarithmic(axes.xaxis, axes.set_xscale)
        axes.set(xlabel="ms a query", ylabel="share of queries", ylim=(0, 1.01))
    return plot


def throughput(reading: Reading) -> Plot:
    """Draw pictures a second against the batch size."""
    colours = inks(reading.standings)
    about = "Higher is better. The ring is the best batch of each."
    with drawing("throughput", "Throughput against batch", about, 3.3) as plot:
        (axes,) = plot.axes()
        seen = reading.in_scenario("offline")
        for standing in reading.standings:
            speeds = sorted(
                (speed for owner, speed in seen if owner is standing), key=lambda speed: speed.samples.batch
            )
            ink = colours[standing.name]
            axes.plot(
                [speed.samples.batch for speed in speeds],
                [speed.samples.pictures_per_second for speed in speeds],
                "o",
                linestyle=ink.dash,
                color=ink.colour,
                markersize=3.5,
            )
            best = standing.best("offline")
            if best is not None:
                axes.plot(best.samples.batch, best.samples.pictures_per_second, "o", color=ink.colour, **_RING)
        batches = sorted({speed.samples.batch for _, speed in seen})
        axes.set_xscale("log", base=2)
        axes.set_xticks(batches, [str(batch) for batch in batches])
        axes.minorticks_off()
        _scale_rates(axes, [speed.samples.pictures_per_second for _, speed in seen])
        axes.set(xlabel="pictures in a batch", ylabel="pictures/s")
    return plot


def service(reading: Reading) -> Plot:
    """Draw the 99th percentile against the rate of arrivals, with the bound."""
    colours = inks(reading.standings)
    about = "Time from arrival to answer. The dashed line is the bound; the ring is the highest rate that kept it."
    with drawing("service", "99th percentile against the rate of arrivals", about, 3.3) as plot:
        (axes,) = plot.axes()
        for standing in reading.standings:
            ink = colours[standing.name]
            tried = sorted(
                (speed.samples.rate, speed.p99.value / 1e6)
                for speed in standing.speeds
                if speed.scenario == "server" and speed.samples.rate and speed.p99.value
            )
            if tried:
                axes.plot(*zip(*tried, strict=True), "o", linestyle=ink.dash, color=ink.colour, markersize=3.5)
            best = standing.best("server")
            if best is not None and best.samples.rate and best.p99.value:
                axes.plot(best.samples.rate, best.p99.value / 1e6, "o", color=ink.colour, **_RING)
        for bound in {speed.samples.bound_ns for _, speed in reading.in_scenario("server") if speed.samples.bound_ns}:
            axes.axhline(bound / 1e6, color=MUTED, linestyle="--", linewidth=1)
        logarithmic(axes.xaxis, axes.set_xscale)
        logarithmic(axes.yaxis, axes.set_yscale)
        axes.set(xlabel="queries/s", ylabel="p99 ms")
    return plot


def accuracy_against_latency(reading: Reading) -> Plot | None:
    """Draw the mean logit error against the median time in the first scenario, and the Pareto front."""
    points = _placed(reading)
    if len(points) < 2:
        return None
    best = front([(time, error) for _, _, time, error in points])
    colours = inks(reading.standings)
    about = (
        "Down and to the left is better. Filled: nothing else is both faster and nearer to the original (the Pareto "
        "front). Error of the worst category's logit; bars are 95 % intervals."
    )
    with drawing("pareto", "Accuracy against latency", about, 3.6) as plot:
        (axes,) = plot.axes()
        corner = [points[place] for place in best]
        axes.step(
            [time for _, _, time, _ in corner],
            [error for *_, error in corner],
            where="post",
            color=MUTED,
            linewidth=1,
            zorder=1,
        )
        for place, (standing, speed, time, error) in enumerate(points):
            _point(axes, standing, speed, (time, error), colours[standing.name], place in best)
        errors = [error for *_, error in points if error > 0]
        _from_zero(axes, errors)
        logarithmic(axes.xaxis, axes.set_xscale)
        axes.set_xlim(min(one[2] for one in points) * 0.8, max(one[2] for one in points) * 1.6)
        axes.set(xlabel="ms at the median", ylabel="mean logit error")
    return plot


def course(reading: Reading) -> Plot | None:
    """Draw the median of each round over the contender's own, one scenario, batch 1 or the smallest."""
    colours = inks(reading.standings)
    scenario = _timed(reading)
    if not scenario:
        return None
    about = (
        "Median of each round over that of the whole run. Lines that move together are the machine's doing, which the "
        "paired ratios take out; a line that moves alone is not."
    )
    with drawing("course", f"Course of the run, {scenario.replace('_', ' ')}", about, 2.8) as plot:
        (axes,) = plot.axes()
        axes.axhline(100, color=MUTED, linewidth=1)
        for standing in reading.standings:
            speed = _first(standing, scenario)
            if speed is not None:
                values = 100 * drift(speed.samples)
                ink = colours[standing.name]
                axes.plot(range(1, len(values) + 1), values, "o", linestyle=ink.dash, color=ink.colour, markersize=3)
        axes.set(xlabel="round", ylabel="% of its own median")
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, 95), max(high, 105))
        axes.xaxis.get_major_locator().set_params(integer=True)
    return plot


_RING = {"markersize": 9, "markerfacecolor": "none", "markeredgewidth": 1.2}


def _placed(reading: Reading) -> list[tuple[Standing, Speed, float, float]]:
    """Return those with both, median in ms and mean logit error; the original is where it is: no error at all."""
    scenario = _timed(reading)
    found = []
    for standing in reading.standings:
        speed = _first(standing, scenario)
        error = _error(standing)
        if speed is not None and speed.p50.value is not None and error is not None and error.value is not None:
            found.append((standing, speed, speed.p50.value / 1e6, error.value))
    return found


def _error(standing: Standing) -> Measurement | None:
    if standing.role == "original":
        return Measurement(value=0.0)
    return None if standing.agreement is None else standing.agreement.logit_error


def _timed(reading: Reading) -> str:
    """Return the first scenario whose times are of queries alone."""
    return next((name for name in reading.scenarios if name != "server"), "")


def _first(standing: Standing, scenario: str) -> Speed | None:
    there = [speed for speed in standing.speeds if speed.scenario == scenario]
    return min(there, key=lambda speed: speed.samples.batch, default=None)


def _point(axes: Any, standing: Standing, speed: Speed, at: tuple[float, float], ink: Ink, on_the_front: bool) -> None:
    error = _error(standing)
    axes.errorbar(
        *at,
        xerr=_reach(speed.p50, 1e-6),
        yerr=None if error is None else _reach(error, 1.0),
        fmt="s" if standing.role == "original" else "o",
        color=ink.colour,
        markerfacecolor=ink.colour if on_the_front else "none",
        markersize=6,
        elinewidth=0.9,
    )
    axes.annotate(
        _short(standing.name),
        at,
        xytext=(6, 5),
        textcoords="offset points",
        fontsize=8,
        color=INK if on_the_front else MUTED,
    )


def _reach(measured: Measurement, unit: float) -> list[list[float]] | None:
    if measured.value is None or measured.low is None or measured.high is None:
        return None
    below, above = measured.value - measured.low, measured.high - measured.value
    return [[max(below, 0.0) * unit], [max(above, 0.0) * unit]]


def _short(name: str) -> str:
    return name if len(name) <= 28 else f"{name[:27]}…"


def _scale_rates(axes: Any, rates: list[float]) -> None:
    if max(rates) > _WIDE * min(rates):
        logarithmic(axes.yaxis, axes.set_yscale)
    else:
        axes.set_ylim(bottom=0)


def _from_zero(axes: Any, errors: list[float]) -> None:
    """Give the errors a logarithmic axis that ends in 0, where the original is."""
    low, high = floor(log10(min(errors, default=1e-3))), ceil(log10(max(errors, default=1e-3)))
    ticks = [0.0, *(10.0**power for power in range(low, high + 1))]
    axes.set_yscale("symlog", linthresh=10.0**low, linscale=0.6)
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_ylim(-0.15 * 10.0**low, 1.5 * max(10.0**high, max(errors, default=0)))
