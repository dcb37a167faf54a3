"""Parity of every format and recipe of open_nsfw with the Keras original, on real pictures.

    python -m benchmarks.figures.parity --images PICTURES --out docs/figures/parity.json
    python -m benchmarks.figures.parity --images PICTURES --out docs/figures/parity.json --rows "tflite int8" --again

Runs ``rct export`` and ``rct verify`` as a user would, and keeps what they report; also what the export costs in time
and memory, and how large the model is. ``--images``: pictures that nothing was calibrated on. The file is written anew
after each row; rows that it has already are kept.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures.commands import export, verify
from benchmarks.figures.machine import describe_machine
from models.bundle import Bundle
from models.errors import RctError, UserError
from models.pictures import find_pictures

PACKAGES = ("ai-edge-litert", "litert-quantizer", "openvino", "jax")
DIGITS = 9
"""Significant digits of a score: with as many, the float32 is told exactly."""


@dataclass(frozen=True)
class Row:
    """One export of open_nsfw."""

    format: str
    recipe: str
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What ``--rows`` and the file call it: format, recipe, and the values of its options."""
        return " ".join([self.format, self.recipe, *self.options[1::2]])


ROWS = {
    row.name: row
    for row in (
        *(Row("onnx", recipe) for recipe in ("fp32", "fp16", "int8")),
        Row("onnx", "int8", ("--rounding", "nearest")),
        *(Row("tflite", recipe) for recipe in ("fp32", "fp16", "int8", "int8-dynamic", "int16x8")),
        *(Row("openvino", recipe) for recipe in ("fp32", "fp16", "int8")),
        *(Row("stablehlo", recipe) for recipe in ("fp32", "fp16", "bf16")),
        Row("saved_model", "fp32"),
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Export, verify, and write what was found; return 1 if a row could not be measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write, or to add rows to")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--again", action="store_true", help="measure rows that the file has already")
    options = parser.parse_args(arguments)
    try:
        document = _begin(options.out, _digest(options.images))
    except RctError as error:
        parser.error(str(error))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    failed = False
    for name in options.rows:
        if name in document["rows"] and not options.again:
            print(f"{name}: kept", file=sys.stderr)
            continue
        try:
            found = _measure(ROWS[name], options.images)
        except subprocess.CalledProcessError as error:
            print(f"{name}: could not be measured ({error})", file=sys.stderr)
            failed = True
            continue
        print(f"{name}: {'passed' if found['passed'] else 'failed'} in {found['seconds']} s", file=sys.stderr)
        rows = {**document["rows"], name: found}
        document["rows"] = {name: rows[name] for name in sorted(rows, key=list(ROWS).index)}
        options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    return int(failed)


def _digest(images: Path) -> str:
    """Return one digest of all pictures, which tells whether two rows saw the same."""
    digests = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in find_pictures([images]))
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _begin(out: Path, digest: str) -> dict[str, Any]:
    """Return the document to go on with: the one that is there, or a new one.

    Raises:
        UserError: its rows were measured on other pictures.
    """
    if not out.exists():
        return {"pictures_sha256": digest, "rows": {}}
    document: dict[str, Any] = json.loads(out.read_text("utf-8"))
    if document["pictures_sha256"] != digest:
        raise UserError(out, "its rows were measured on other pictures", "Give --out another place.")
    return document


def _measure(row: Row, images: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        bundle, cost = export("open_nsfw", row.format, row.recipe, Path(scratch), *row.options)
        report = verify(bundle, images)
        size = Bundle.open(bundle).model_bytes
    return {
        "format": row.format,
        "recipe": row.recipe,
        "options": list(row.options),
        "seconds": round(cost.seconds, 1),
        "peak_mib": round(cost.peak_mib),
        "bytes": size,
        "machine": describe_machine(*PACKAGES),
        **_parity(report),
    }


def _parity(report: dict[str, Any]) -> dict[str, Any]:
    (category,) = report["parity"]["categories"]
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
        "scores": {
            who: [None if score is None else float(f"{score:.{DIGITS}g}") for score in category[who]]
            for who in ("original", "candidate")
        },
    }


if __name__ == "__main__":
    sys.exit(main())
