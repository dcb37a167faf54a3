"""Latency of an export of two categories against that of one, on ONNX Runtime's CPU provider, interleaved in one run.

    python -m benchmarks.figures.categories_latency --two BUNDLE --one BUNDLE --out docs/figures

Both are int8 exports with the defaults, of the same backbone: the difference is what the second category's head costs.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures.latency import latency_parser, measure
from benchmarks.figures.onnx_latency import session_of

TWO, ONE = "open_nsfw and cartoon int8", "open_nsfw int8"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line for each number of threads, and write the samples."""
    parser = latency_parser(__doc__)
    parser.add_argument("--two", type=Path, required=True, help="the bundle of two categories")
    parser.add_argument("--one", type=Path, required=True, help="the bundle of one")
    options = parser.parse_args(arguments)
    files = {TWO: options.two / "model.onnx", ONE: options.one / "model.onnx"}
    measure("categories_latency", files, session_of, ((TWO, ONE),), options)


if __name__ == "__main__":
    main()
