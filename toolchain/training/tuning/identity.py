"""What a training is, as digests: a checkpoint of another one is not gone on from."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from models.document import Document
from toolchain.training.task import Task

IRRELEVANT = frozenset({"threads", "tensorboard"})
"""Settings that change nothing about the weights."""


def identity(task: Task, settings: Document, network: Any) -> dict[str, str]:
    """Return digests of the code, the settings, the pictures' names and labels, and the weights of ``network``."""
    given = json.dumps([settings.model_dump(exclude=set(IRRELEVANT)), task.categories, task.seed])
    pictures = hashlib.sha256()
    for side in (task.train, task.val):
        for example in side.examples:
            pictures.update(f"{example.path}\0{example.rotation}\n".encode())
        pictures.update(side.truth(task.categories).tobytes())
    weights = hashlib.sha256()
    for weight in network.get_weights():
        weights.update(np.ascontiguousarray(weight).tobytes())
    return {
        "code": code_digest(),
        "settings": hashlib.sha256(given.encode()).hexdigest(),
        "pictures": pictures.hexdigest(),
        "weights to start from": weights.hexdigest(),
    }


def code_digest() -> str:
    """Return a digest of the code that decides what a training comes to: ours, and the versions of what it runs on."""
    import keras

    here = Path(__file__).parent
    digest = hashlib.sha256(f"{keras.__version__} {keras.backend.backend()} {np.__version__}".encode())
    for file in sorted([*here.glob("*.py"), *(here.parent / "recipes").glob("*.py")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
