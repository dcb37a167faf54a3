"""What the harness itself costs: a classifier that does next to nothing, timed as every other is.

    python -m benchmarks.latency.overhead        # overhead of a query: median 11.2 us, 99th percentile 18.9 us

One picture of one pixel through the null runtime: what is measured is the timed loop, the checks of a picture that come
before every runtime, and a mean over three numbers. It is in every other time too, and is not taken away from it.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.latency.contender import Contender
from benchmarks.latency.field import running
from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Inputs
from benchmarks.latency.samples import Samples
from benchmarks.latency.scenarios import Progress
from benchmarks.latency.turns import take_turns
from models.runtimes.null import write_null
from models.spec import ClassifierSpec

_NAME = "nothing"
_SPEC = {
    "name": _NAME,
    "backbone": _NAME,
    "licence": "CC0-1.0",
    "categories": [{"name": "any", "definition": "Any picture."}],
    "preprocessing": {"width": 1, "height": 1, "resize": {"width": 1, "height": 1}},
    "thresholds": {"any": {"review": 0.5, "block": 0.5}},
}


def measure_overhead(cores: tuple[int, ...] | None, progress: Progress) -> Samples | None:
    """Time queries that need no time, in a worker on ``cores``; None if the worker failed."""
    from PIL import Image

    plan = Plan(rounds=6, seconds=0.05, warmup_seconds=1.0, pause_seconds=0.0, cores=cores)
    with tempfile.TemporaryDirectory(prefix="rct-overhead-") as scratch:
        picture, bundle = Path(scratch, "pixel.png"), Path(scratch, _NAME)
        Image.fromarray(np.zeros((1, 1, 3), np.uint8)).save(picture)
        write_null(bundle, ClassifierSpec.model_validate(_SPEC))
        contender = Contender(name=_NAME, bundle=str(bundle))
        with running([contender], Inputs(pictures=(str(picture),)), plan, progress) as field:
            return take_turns(field, plan, 1, progress, "overhead of the harness").get(_NAME)


def main() -> None:
    """Measure it and say it."""
    samples = measure_overhead(None, lambda text, **_: print(text, file=sys.stderr))
    if samples is None:
        sys.exit("the worker failed")
    median, late = (float(np.percentile(np.concatenate(samples.rounds), q)) / 1e3 for q in (50, 99))
    print(f"overhead of a query: median {median:.1f} us, 99th percentile {late:.1f} us")


if __name__ == "__main__":
    main()
