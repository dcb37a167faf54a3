"""What bulk scoring is worth beside what the benchmark calls end to end: the same pictures, in turns.

    python -m toolchain.figures.score_speed BUNDLE PICTURES --out docs/figures/score_speed.json

One turn is a run of ``rct score`` over the folder of pictures, named ``--repeat`` times so that a run lasts; the other
asks the benchmark's queries of stage "file" (bytes to verdicts: decode, resize, model) in batches, all cores, for as
many pictures. Both rates leave out what it takes to load: the score's begins when each process has its first shard.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks.figures.machine import describe_machine
from benchmarks.latency.contender import Contender
from benchmarks.latency.load import find_bundle, load
from benchmarks.latency.stages import Query, make_queries
from models.pictures import find_pictures
from toolchain.progress import silent
from toolchain.scoring.run import Request, score
from toolchain.training.cores import cores


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in turns, print a line per round, and write the rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=1, help="how often each picture is scored in a round")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--workers", type=int, default=None)
    options = parser.parse_args(arguments)
    paths = find_pictures([options.pictures])
    contender = Contender(name="end to end", bundle=options.bundle, stage="file")
    queries = make_queries("file", load(contender, find_bundle(contender)), paths, options.batch)
    count = len(paths) * options.repeat
    rounds = []
    for _ in range(options.rounds):
        asked = _asked(queries, options.batch, count)
        scored = _scored(options, count)
        rounds.append({"bench": round(asked, 2), "score": round(scored, 2)})
        print(rounds[-1])
    share = median(one["score"] / one["bench"] for one in rounds)
    print(f"score is {share:.1%} of end to end, median of {len(rounds)} rounds")
    if options.out:
        document = {
            "machine": describe_machine(),
            "pictures": count,
            "batch": options.batch,
            "rounds": rounds,
            "median_share": round(share, 4),
        }
        options.out.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _asked(queries: Sequence[Query], batch: int, count: int) -> float:
    """Return pictures a second of the benchmark's queries."""
    queries[0]()
    runs = -(-count // batch)
    began = time.perf_counter()
    for number in range(runs):
        queries[number % len(queries)]()
    return runs * batch / (time.perf_counter() - began)


def _scored(options: argparse.Namespace, count: int) -> float:
    """Return pictures a second of ``rct score``, once its processes have loaded."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = (options.pictures,) * options.repeat
        request = Request(options.bundle, inputs, Path(folder, "scores"), workers=options.workers, batch=options.batch)
        score(request, silent, print)
        written = sorted(shard.stat().st_mtime for shard in Path(folder, "scores").glob("part-*"))
        rows = count / len(written)
        skipped = options.workers or cores()
        return rows * (len(written) - skipped) / (written[-1] - written[skipped - 1])


if __name__ == "__main__":
    main()
