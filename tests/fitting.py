"""Heads on features that are drawn at random, as a program: a digest of the weights, and how good they are.

python fitting.py SETTINGS
"""

import hashlib
import json
import sys

import numpy as np

from toolchain.progress import silent
from toolchain.training.heads.fit import HeadSettings, Labelled, fit, mean_auc
from toolchain.training.heads.layers import logits


def drawn(count, seed):
    """Twenty features and two categories; a quarter of the answers is not known."""
    directions = np.random.default_rng(9).normal(size=(2, 20))
    chance = np.random.default_rng(seed)
    truth = chance.integers(0, 2, (count, 2)).astype(np.int8)
    features = 3 + chance.normal(size=(count, 2, 20)) + (truth @ directions)[:, None]
    truth[chance.random(truth.shape) < 0.25] = -1
    return Labelled(features.astype(np.float16), truth)


def main(settings):
    """Train, and print."""
    val = drawn(100, 1)
    fitted = fit(drawn(300, 0), val, HeadSettings(**json.loads(settings)), 5, silent)
    digest = hashlib.sha256(b"".join(layer.kernel.tobytes() + layer.bias.tobytes() for layer in fitted.layers))
    auc = mean_auc(logits(fitted.layers, val.features[:, 0]), val.truth)
    print(json.dumps({"weights": digest.hexdigest(), "auc": auc, "best": fitted.best, "epochs": len(fitted.history)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
