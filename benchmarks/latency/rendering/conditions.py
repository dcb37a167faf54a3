"""What a run was made on, how, and how quiet it was: names and values.

for part in conditions(reading):
    part.title, part.facts
"""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.latency.percentiles import percentile
from benchmarks.latency.rendering.cells import percent, three, time_cell
from benchmarks.latency.rendering.rows import Reading
from benchmarks.why.document import Peak

Fact = tuple[str, str]


@dataclass(frozen=True)
class Part:
    """Facts under a title."""

    title: str
    facts: tuple[Fact, ...]


def conditions(reading: Reading) -> tuple[Part, ...]:
    """Return machine, plan, what was left out, noise, versions and the digests of the models' files."""
    parts = (
        Part("machine", tuple(_machine(reading))),
        Part("plan", tuple(_plan(reading))),
        Part("left out", tuple(sorted(reading.report.left_out.items()))),
        Part("noise", tuple(_noise(reading))),
        Part("versions", tuple(sorted(reading.report.environment.packages.items()))),
        Part("files", tuple(_files(reading))),
    )
    return tuple(part for part in parts if part.facts)


def _machine(reading: Reading) -> Iterator[Fact]:
    environment = reading.report.environment
    yield "processor", environment.processor
    yield "features", ", ".join(environment.features) or "none that matter here"
    yield "cores", str(environment.cores)
    for gpu in environment.gpus:
        yield "GPU", f"{gpu.name}, {gpu.memory}, {gpu.clock}, driver {gpu.driver}"
    yield "system", f"{environment.system}, Python {environment.python}"
    yield "fingerprint", environment.fingerprint
    if reading.report.peak is not None:
        yield from _peak(reading.report.peak)


def _peak(peak: Peak) -> Iterator[Fact]:
    threads = f"{peak.threads} thread{'s' * (peak.threads > 1)}"
    for kind, value in (("fp32", peak.fp32_macs_per_second), ("int8", peak.int8_macs_per_second)):
        shown = "not measured" if value is None else f"{three(value / 1e9)} billion multiply-accumulates a second"
        yield f"{kind} peak", f"{shown}, {threads}"
    if peak.how:
        yield "peak by", peak.how


def _plan(reading: Reading) -> Iterator[Fact]:
    plan = reading.report.plan
    yield "scenarios", ", ".join(plan.scenarios)
    yield "rounds", f"{plan.rounds}, interleaved, of {plan.seconds:g} s at most"
    yield "queries a round", f"{plan.least_queries} to {plan.most_queries}"
    if "offline" in plan.scenarios:
        yield "batches", ", ".join(map(str, plan.batches))
    if plan.latency_bound_ms is not None:
        yield "bound of p99", f"{plan.latency_bound_ms:g} ms"
    yield "cores", "any" if plan.cores is None else ", ".join(map(str, plan.cores))
    yield "warm-up", f"until settled, {plan.warmup_seconds:g} s at most"
    yield "killed after", f"{plan.timeout_seconds:g} s without an answer, {plan.load_timeout_seconds:g} s of loading"
    yield "seed", str(plan.seed)
    if reading.report.partial is not None:
        yield "ended", reading.report.progress


def _noise(reading: Reading) -> Iterator[Fact]:
    noise = reading.noise
    yield "machine", "noisy" if noise.noisy else "quiet"
    for reason in noise.reasons:
        yield "because", reason
    if noise.spread is not None:
        yield "scatter of rounds", f"up to {percent(noise.spread)}"
    overhead = reading.report.overhead
    if overhead is not None:
        yield "the harness itself", f"{time_cell(percentile(overhead, 50))} ms a query"


def _files(reading: Reading) -> Iterator[Fact]:
    for standing in reading.standings:
        if standing.row.subject is not None:
            for name, digest in sorted(standing.row.subject.files.items()):
                yield standing.name, f"{name} sha256 {digest}"
