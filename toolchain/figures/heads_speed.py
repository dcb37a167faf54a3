"""How long heads take to train once their features are there: 28,000 pictures, five categories.

    python -m toolchain.figures.heads_speed --backbone resnet50_1by2 --taps all --out docs/figures/heads_speed.json

Without ``--backbone``, ``--taps`` and ``--heads`` it measures every combination, which takes ten minutes on two cores.
Features are drawn at random, float16 as the cache holds them, and moved a little for each category, so that there is
something to learn; of each category a fifth of the answers is not known. Early stopping is off: every epoch is run.
To load Keras' backend is not part of the time; to compile its graphs is.
"""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures.machine import describe_machine
from models.resnet50 import ARCHITECTURES, features_size
from toolchain.progress import silent
from toolchain.training.determinism import make_deterministic
from toolchain.training.heads.fit import HeadSettings, Labelled, fit, mean_auc
from toolchain.training.heads.layers import logits

CATEGORIES = 5
BACKBONES = ("resnet50_1by2", "resnet50")
TAPS = ("none", "all")
KINDS = {"linear": {"hidden": 0, "members": 1}, "default": {}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a line per backbone and kind of head, and write the times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="JSON file to write")
    parser.add_argument("--pictures", type=int, default=28_000)
    parser.add_argument("--backbone", nargs="+", choices=BACKBONES, default=BACKBONES)
    parser.add_argument("--taps", nargs="+", choices=TAPS, default=TAPS)
    parser.add_argument("--heads", nargs="+", choices=tuple(KINDS), default=tuple(KINDS))
    options = parser.parse_args(arguments)
    make_deterministic(0)
    rows = []
    for name in options.backbone:
        for taps in options.taps:
            size = features_size(ARCHITECTURES[name], ARCHITECTURES[name].taps if taps == "all" else ())
            train, val = _drawn(options.pictures, size, 0), _drawn(options.pictures // 10, size, 1)
            for kind in options.heads:
                settings = HeadSettings.model_validate({**KINDS[kind], "patience": 10_000})
                began = time.perf_counter()
                fitted = fit(train, val, settings, 0, silent)
                row = {
                    "backbone": name,
                    "features": size,
                    "heads": kind,
                    "epochs": len(fitted.history),
                    "seconds": round(time.perf_counter() - began, 2),
                    "val_auc": round(mean_auc(logits(fitted.layers, val.features[:, 0]), val.truth), 4),
                }
                print(row, flush=True)
                rows.append(row)
    if options.out:
        document = {"machine": describe_machine(), "pictures": options.pictures, "categories": CATEGORIES, "rows": rows}
        options.out.write_text(json.dumps(document, indent=2) + "\n", "utf-8")


def _drawn(count: int, size: int, seed: int) -> Labelled:
    """Return features and labels; the direction of a category is the same in every draw."""
    directions = np.random.default_rng(7).normal(size=(CATEGORIES, size)).astype(np.float32)
    chance = np.random.default_rng(seed)
    truth = (chance.random((count, CATEGORIES)) < 0.3).astype(np.int8)
    features = np.empty((count, 1, size), np.float16)
    for start in range(0, count, 1000):
        rows = slice(start, start + 1000)
        noise = chance.standard_normal((len(truth[rows]), size), np.float32)
        features[rows, 0] = noise + 0.03 * (truth[rows].astype(np.float32) @ directions)
    truth[chance.random(truth.shape) < 0.2] = -1
    return Labelled(features, truth)


if __name__ == "__main__":
    main()
