"""Writes a bundle with choices that ``rct export`` makes by itself, to see which ones a GPU likes better.

python -m exporters.stablehlo open_nsfw --recipe fp16 --first blocks --rounding operation --batch 256 --out FOLDER
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from exporters.deploy import deploy
from exporters.stablehlo.artefact import PRECISION, write_artefact
from exporters.stablehlo.graph import Rounding
from models.bundle import seal, writing
from models.classifier import find_original


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one bundle, without golden pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("original")
    parser.add_argument("--recipe", choices=PRECISION, required=True)
    parser.add_argument("--first", choices=("pixels", "blocks"), required=True)
    parser.add_argument("--rounding", choices=get_args(Rounding), help="by default what suits the platform")
    parser.add_argument("--batch", type=int, help="pictures per run; any number if left out")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    original = find_original(options.original)
    spec = original.manifest.spec
    network, blocks = deploy([original]), options.first == "blocks"
    with writing(options.out, overwrite=True) as folder:
        written = write_artefact(
            network,
            spec.preprocessing,
            options.recipe,
            options.batch,
            folder,
            blocks=blocks,
            rounding=options.rounding,
        )
        seal(folder, name=spec.name, format="stablehlo", recipe=options.recipe, spec=spec, **vars(written))


if __name__ == "__main__":
    main()
