"""Runs of ``rct bench`` and its like: the tables of each report, as its own Markdown has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.latency.rendering.headline import headline
from benchmarks.latency.rendering.markdown import plain, table_lines
from benchmarks.latency.rendering.rows import Reading, read
from benchmarks.latency.rendering.tables import tables
from benchmarks.latency.report import LatencyReport

GPU = "bench_gpu"
FIVE = "five_categories"


@dataclass(frozen=True)
class Run:
    """A report that is there: the name of its file, and what is read from it."""

    file: str
    reading: Reading

    @property
    def on_a_gpu(self) -> bool:
        """Whether it is one of the GPU's."""
        return self.file.startswith(GPU)


_TITLES = {
    GPU: "On a GPU, in one run",
    FIVE: "Five categories from one picture",
    "bench": "Against the original and the peers",
}
_COMMANDS = {
    GPU: "python -m benchmarks.figures.gpu --onnx BUNDLE --out docs/figures",
    FIVE: "python -m benchmarks.figures.five_categories --out docs/figures/five_categories.json",
    "bench": "rct bench BUNDLE ... --peers --threads 1 --why --out FOLDER",
}


def runs(figures: Path) -> list[Run]:
    """Return the reports in ``figures``: every ``bench_*.json``, and ``five_categories.json``."""
    files = sorted([*figures.glob("bench_*.json"), *figures.glob(f"{FIVE}.json")])
    return [Run(file.name, read(LatencyReport.model_validate_json(file.read_text("utf-8")))) for file in files]


def reports(figures: Path) -> Iterator[str]:
    """Yield a section for each report."""
    for run in runs(figures):
        yield from _section(run)


def _section(run: Run) -> Iterator[str]:
    kind = next(kind for kind in (GPU, FIVE, "bench") if run.file.startswith(kind))
    plan, gpus = run.reading.report.plan, run.reading.report.environment.gpus
    where = f"On {' and '.join(plain(gpu.name) for gpu in gpus)}. " if run.on_a_gpu and gpus else ""
    yield from (
        "",
        f"## {_TITLES[kind]} (`{run.file}`)",
        "",
        f"{where}Times are wall clock, in {plan.rounds} interleaved rounds; in brackets are 95 % intervals.",
        f"`{_COMMANDS[kind]}`",
        "",
    )
    for claim in headline(run.reading):
        yield f"- **{plain(claim.question)}** {plain(claim.answer)}: {plain(claim.detail)}."
    for reason in run.reading.noise.reasons:
        yield f"- Noise: {plain(reason)}"
    for table in tables(run.reading):
        yield from ("", f"### {table.title.capitalize()} (`{run.file}`)", "")
        yield from table_lines(table)
    yield from ("", _machine(run.reading.report))


def _machine(report: LatencyReport) -> str:
    environment = report.environment
    gpus = "".join(f", {gpu.name} (driver {gpu.driver})" for gpu in environment.gpus)
    packages = ", ".join(f"{name} {version}" for name, version in environment.packages.items())
    where = f"{environment.processor}, {environment.cores} cores ({', '.join(environment.features)}){gpus}"
    return plain(f"{where}; Python {environment.python}, {packages}.")
