"""Parity of every ONNX recipe of open_nsfw with the Keras original, on real pictures.

    python -m benchmarks.figures.onnx_parity --images PICTURES --out docs/figures/onnx_parity.json

Runs ``rct export`` and ``rct verify`` as a user would, and keeps what they report; also what the default export
costs in time and memory. ``--images``: pictures that nothing was calibrated on.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures.commands import export, verify
from benchmarks.figures.machine import describe_machine

RECIPES = (("fp32",), ("fp16",), ("int8", "--rounding", "nearest"), ("int8",))


def main(arguments: Sequence[str] | None = None) -> None:
    """Export, verify, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    options = parser.parse_args(arguments)
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for recipe, *rest in RECIPES:
            bundle, cost = export("open_nsfw", recipe, Path(scratch), *rest)
            rows.append(
                {
                    "recipe": " ".join([recipe, *rest]),
                    "seconds": round(cost.seconds, 1),
                    "peak_mib_so_far": round(cost.peak_mib),
                    "bytes": (bundle / "model.onnx").stat().st_size,
                    **_parity(verify(bundle, options.images)),
                }
            )
            print(f"{rows[-1]['recipe']}: {'passed' if rows[-1]['passed'] else 'failed'}", file=sys.stderr)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps({"machine": describe_machine(), "rows": rows}, indent=1) + "\n", "utf-8")


def _parity(report: dict[str, Any]) -> dict[str, Any]:
    category = report["parity"]["categories"][0]
    points = {
        name: {
            "threshold": point["threshold"],
            "newly_flagged": len(point["newly_flagged"]),
            "newly_missed": len(point["newly_missed"]),
            "flip_rate": point["flip_rate"],
        }
        for name, point in category["operating_points"].items()
    }
    return {
        "passed": report["passed"],
        "failures": report["failures"],
        "pictures": len(category["original"]),
        "category": category["name"],
        "difference": category["difference"],
        "operating_points": points,
        "scores": {"original": category["original"], "candidate": category["candidate"]},
    }


if __name__ == "__main__":
    main()
