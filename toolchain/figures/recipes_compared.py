"""The recipe of 2017 beside ours: the same pictures, the same split, the same backbone, one table.

    python -m toolchain.figures.recipes_compared --data DATA --category cartoon --out docs/figures/recipes_compared.json

Each recipe is a whole ``rct train`` in a fresh folder: nothing is cached from another. The measures are those of the
validation pictures as inference sees them, which both recipes also choose their epoch by (that of 2017 only when to
end). Without a network ImageNet's weights cannot be had: all recipes stand on the backbone that ships, open_nsfw,
unless ``--weights`` has those of ResNet50. That of 2017 ends by its own rule, or after ``--seed-epochs``.

Each measure has its 95 % interval, which knows of groups. ``--like`` takes the settings of one recipe from a classifier
that was trained by it.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.figures.machine import describe_machine
from toolchain.progress import silent
from toolchain.training.backbones import DEFAULT
from toolchain.training.original import HISTORY_FILE
from toolchain.training.record import read_record
from toolchain.training.train import Request, train

RECIPES = ("seed-2017", "heads", "fine-tune")
PACKAGES = ("jax",)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train with each recipe, print a line for it, and write the table; written anew after each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled pictures in the splits train and val")
    parser.add_argument("--category", required=True)
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--weights", help="ImageNet weights of ResNet50, for --backbone resnet50")
    parser.add_argument("--recipes", nargs="+", choices=RECIPES, default=list(RECIPES), metavar="NAME")
    parser.add_argument("--seed-epochs", type=int, default=36, help="most epochs of seed-2017")
    parser.add_argument("--set", nargs="+", default=[], metavar="RECIPE:KEY=VALUE", help="settings of a recipe")
    parser.add_argument("--like", metavar="CLASSIFIER", help="its settings for its recipe")
    options = parser.parse_args(arguments)
    record = read_record(options.like) if options.like else None
    rows: list[Mapping[str, Any]] = []
    for name in options.recipes:
        given = [text.partition(":")[2] for text in options.set if text.partition(":")[0] == name]
        if record and record.recipe == name:
            given = [*record.given, *given]
        if name == "seed-2017":
            given.append(f"epochs={options.seed_epochs}")
        rows.append(_measured(name, given, options))
        print(json.dumps(rows[-1]), flush=True)
        document = {
            "machine": describe_machine(*PACKAGES),
            "category": options.category,
            "backbone": "resnet50" if options.weights else DEFAULT,
            "recipes": rows,
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def _measured(name: str, given: Sequence[str], options: argparse.Namespace) -> dict[str, Any]:
    """Train, and return a row of the table; seconds are those of the whole command, from pictures to bundle."""
    scratch = Path(tempfile.mkdtemp())
    try:
        request = Request(
            (options.category,),
            options.data,
            name,
            backbone="resnet50" if options.weights else DEFAULT,
            weights=options.weights,
            settings=tuple(given),
            out=scratch / "trained",
        )
        began = time.perf_counter()
        outcome = train(request, silent, print)
        seconds = time.perf_counter() - began
        epochs = len((outcome.bundle.path / HISTORY_FILE).read_text("utf-8").splitlines()) - 1
        measured = outcome.measures[options.category]
        values = {metric: [value.value, value.low, value.high] for metric, value in measured.metrics.items()}
        return {"recipe": name, "settings": list(given), "epochs": epochs, "seconds": seconds, **values}
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
