"""The same bundle against itself, again and again: how often do the intervals contain 1, as they should?

    python -m benchmarks.figures.same_again exports/open_nsfw-onnx-int8 --out docs/figures/same_again.json

Each try is a run of its own with the bundle under two names, whose turns alternate. The two are compared within the run
(``paired``), and the first with that of the try before (``unpaired``, what ``rct compare`` does with two reports).
"""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures.machine import describe_machine
from benchmarks.latency.comparison import Verdict, paired, unpaired
from benchmarks.latency.contender import Contender
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Inputs
from benchmarks.latency.run import run
from benchmarks.latency.samples import Samples
from models.pictures import find_pictures

_NAMES = ("first", "second")
_SCENARIO = "single_stream"


def main(arguments: Sequence[str] | None = None) -> None:
    """Try, say how each went, and write the intervals."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--images", type=Path, default=Path("exporters/calibration/pictures"))
    parser.add_argument("--tries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=0.5, help="of a turn")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    within: list[Verdict] = []
    across: list[Verdict] = []
    before: Samples | None = None
    for _ in range(options.tries):
        first, second = _once(options)
        within.append(paired(first, second))
        if before is not None:
            across.append(unpaired(before, first))
        before = first
        last = within[-1]
        print(f"{last.ratio:.4f} ({last.low:.4f} to {last.high:.4f}): {last.word}", file=sys.stderr)
    document = {
        "machine": describe_machine(),
        "bundle": options.bundle.name,
        "threads": options.threads,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "within_a_run": _summary(within),
        "between_runs": _summary(across),
    }
    options.out.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", "utf-8")


def _once(options: argparse.Namespace) -> tuple[Samples, Samples]:
    plan = Plan(scenarios=(_SCENARIO,), rounds=options.rounds, seconds=options.seconds)
    contenders = [Contender(name=name, bundle=str(options.bundle), threads=options.threads) for name in _NAMES]
    pictures = tuple(map(str, find_pictures([options.images])[:8]))
    report = run(contenders, Inputs(pictures=pictures), plan, lambda text, **_: None)  # noqa: ARG005
    for row in report.rows:
        if row.failure is not None:
            sys.exit(f"{row.contender.name}: {row.failure}")
    first, second = (report.row(name).scenarios[_SCENARIO][0] for name in _NAMES)
    return first, second


def _summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    return {
        "tries": len(verdicts),
        "contain_1": sum(verdict.low <= 1 <= verdict.high for verdict in verdicts),
        "intervals": [
            {"ratio": one.ratio, "low": one.low, "high": one.high if math.isfinite(one.high) else None}
            for one in verdicts
        ],
    }


if __name__ == "__main__":
    main()
