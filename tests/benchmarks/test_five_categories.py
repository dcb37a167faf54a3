"""What the measurement of five categories says of a report."""

from benchmarks.figures.five_categories import lines
from benchmarks.latency.contender import Contender
from benchmarks.latency.environment import Environment
from benchmarks.latency.plan import Plan
from benchmarks.latency.report import LatencyReport, Row
from benchmarks.latency.samples import Samples


def row(name, milliseconds, *, original=False, failure=None):
    samples = Samples(batch=1, rounds=((int(milliseconds * 1e6),) * 3,) * 8, cpu_ns=(1,) * 8, wall_ns=(1,) * 8)
    contender = Contender(name=name, bundle="bundle", original=original)
    return Row(contender=contender, scenarios={} if failure else {"single_stream": (samples,)}, failure=failure)


def test_a_line_says_how_many_times_as_fast_ours_is_or_why_it_failed():
    environment = Environment(processor="a processor", features=(), cores=2, system="Linux", python="3.11")
    rows = (row("theirs", 500, original=True), row("ours", 20), row("broken", 1, failure="it broke"))
    report = LatencyReport(created="2026-01-01T00:00:00+00:00", environment=environment, plan=Plan(), rows=rows)
    assert list(lines(report)) == ["ours: 25.0 times as fast as theirs (25.0 to 25.0)", "broken: it broke"]
