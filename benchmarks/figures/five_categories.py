"""Five categories from one picture: a Keras model for each, as they are usually had, against one graph with five heads.

    python -m benchmarks.figures.five_categories --out docs/figures/five_categories.json

Five ResNet50 on one frozen backbone (random weights, which cost the same as trained ones) are run one after another by
``model.predict`` (benchmarks.peers.one_model_per_category), and exported together by rct to ONNX. Batch 1, from the
input in memory to scores and from the bytes of a file to verdicts, all in one run, in turns. Writes its LatencyReport.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.figures.commands import export_joined
from benchmarks.figures.untrained import write_family, write_noise
from benchmarks.latency.comparison import paired
from benchmarks.latency.contender import Contender, Stage
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Inputs
from benchmarks.latency.report import LatencyReport
from benchmarks.latency.run import run
from benchmarks.peers import one_model_per_category
from models.classifier import find_original
from models.joined import join_specs
from models.pictures import find_pictures
from models.resnet50 import ARCHITECTURES

CATEGORIES = ("adult", "violence", "cartoon", "medical", "spoof")
STAGES: tuple[Stage, ...] = ("model", "file")
SCENARIO = "single_stream"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each of ours, and write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--images", type=Path, default=Path("exporters/calibration/pictures"))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=1.0, help="of a turn")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--recipes", nargs="+", default=["fp32", "int8"])
    parser.add_argument("--backbone", choices=ARCHITECTURES, default="resnet50")
    parser.add_argument("--side", type=int, default=224, help="of the pictures, in pixels")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        report = _measure(Path(scratch), options)
    for line in lines(report):
        print(line, file=sys.stderr)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report.model_dump_json() + "\n", "utf-8")


def _measure(scratch: Path, options: argparse.Namespace) -> LatencyReport:
    pictures = tuple(map(str, find_pictures([options.images])[:8]))  # first, for the exports take minutes
    places = write_family(scratch, CATEGORIES, ARCHITECTURES[options.backbone], options.side)
    originals = [find_original(str(place)) for place in places]
    noise, names = str(write_noise(scratch / "noise")), [str(place) for place in places]
    bundles = {}
    for recipe in options.recipes:
        given = ("--images", noise, *(("--calibrate", noise) if recipe == "int8" else ()))
        bundles[recipe], _ = export_joined(names, "onnx", recipe, scratch, *given)
    theirs = scratch / "peer"
    theirs.mkdir()
    one_model_per_category.prepare_several(originals, theirs)
    contenders = [
        contender
        for stage in STAGES
        for contender in (_theirs(theirs, stage, options.threads), *_ours(bundles, stage, options.threads))
    ]
    plan = Plan(scenarios=(SCENARIO,), rounds=options.rounds, seconds=options.seconds)
    spec = join_specs([original.manifest.spec for original in originals])
    return run(contenders, Inputs(pictures=pictures), plan, _tell, spec=spec)


def _theirs(folder: Path, stage: Stage, threads: int) -> Contender:
    return Contender(
        name=f"a Keras model per category, {stage}",
        peer="one_model_per_category",
        recipe="fp32",
        folder=str(folder),
        threads=threads,
        stage=stage,
        environment=dict(one_model_per_category.ENVIRONMENT),
        original=True,
    )


def _ours(bundles: dict[str, Path], stage: Stage, threads: int) -> Iterator[Contender]:
    for recipe, bundle in bundles.items():
        yield Contender(name=f"one graph {recipe}, {stage}", bundle=str(bundle), threads=threads, stage=stage)


def _tell(text: str, *, done: int = 0, total: int | None = None) -> None:
    print(f"{text} ({done} of {total})" if total else text, file=sys.stderr)


def lines(report: LatencyReport) -> Iterator[str]:
    """Yield, for each of our rows, how many times as fast it is as the other way at its stage, or why it failed."""
    theirs = {row.contender.stage: row for row in report.rows if row.contender.original}
    for row in report.rows:
        if row.failure is not None:
            yield f"{row.contender.name}: {row.failure}"
        elif not row.contender.original and SCENARIO in theirs[row.contender.stage].scenarios:
            other = theirs[row.contender.stage]
            verdict = paired(row.scenarios[SCENARIO][0], other.scenarios[SCENARIO][0])
            yield (
                f"{row.contender.name}: {1 / verdict.ratio:.1f} times as fast as {other.contender.name} "
                f"({1 / verdict.high:.1f} to {1 / verdict.low:.1f})"
            )


if __name__ == "__main__":
    main()
