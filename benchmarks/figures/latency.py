"""What the scripts that measure latency share: their options, and one file of results for each number of threads."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures.contest import Run, contest
from benchmarks.figures.machine import describe_machine

Load = Callable[[Path, int], Run]
"""From a model file and a number of threads to one run of it on one picture."""


def latency_parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of ``--out``, ``--rounds`` and ``--threads``."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the JSON files, one per number of threads")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    return parser


def measure(
    name: str,
    files: Mapping[str, Path],
    load: Load,
    contests: Sequence[tuple[str, str]],
    options: argparse.Namespace,
    packages: Sequence[str] = (),
    elsewhere: Mapping[str, str] | None = None,
) -> None:
    """Hold every contest with each number of threads, and write ``<name>_<threads>.json`` as each is done.

    Args:
        name: of the script, which names the files too.
        files: the models, by the names that ``contests`` has.
        load: how one of them is made to run.
        contests: pairs of ours and theirs.
        options: what ``latency_parser`` parsed.
        packages: whose versions are written down beside those that always are.
        elsewhere: versions of packages that were used outside of this interpreter.
    """
    options.out.mkdir(parents=True, exist_ok=True)
    for threads in options.threads:
        runs = {model: load(file, threads) for model, file in files.items()}
        results = [contest(ours, theirs, runs, options.rounds) for ours, theirs in contests]
        machine: dict[str, Any] = describe_machine(*packages)
        machine["packages"] |= elsewhere or {}
        document = {"machine": machine, "threads": threads, "comparisons": results}
        (options.out / f"{name}_{threads}.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
