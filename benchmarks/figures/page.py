"""Writes docs/benchmarks.md from the measurements in docs/figures: nothing on that page is written by hand.

python -m benchmarks.figures.page docs/figures docs/benchmarks.md
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures.sections.latency import latency
from benchmarks.figures.sections.parity import parity
from benchmarks.figures.sections.reports import reports
from benchmarks.figures.sections.targets import targets
from benchmarks.figures.sections.throughput import throughput


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the measurements that are there and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("figures", type=Path)
    parser.add_argument("page", type=Path)
    options = parser.parse_args(arguments)
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks.figures.page docs/figures docs/benchmarks.md` from the measurements in",
        "`docs/figures`, which keep every sample; each names below the command that makes it again.",
        "",
        "Except where two categories or more are named, the graph that was measured here is that of `open_nsfw` alone,",
        "of the one category `adult`. What is exported by default since then has `cartoon` in the same pass, which",
        "takes longer: see *Two categories against one*.",
    ]
    for section in (targets, parity, reports, latency, throughput):
        lines += section(options.figures)
    options.page.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
