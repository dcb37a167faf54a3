"""What a training is, as digests: a checkpoint of another one is not gone on from."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

import models
from models.document import Document
from toolchain.training.task import Task

IRRELEVANT = frozenset({"threads", "tensorboard"})
"""Settings that change nothing about the weights."""

_MODELS = ("resnet50/*.py", "preprocessing.py", "decoding.py")
"""Modules of the package ``models`` that decide what a network is and what it sees."""


def identity(task: Task, settings: Document, network: Any) -> dict[str, str]:
    """Return digests of the code, the settings, the pictures (names, bytes, labels), and the weights of ``network``."""
    given = json.dumps([settings.model_dump(exclude=set(IRRELEVANT)), task.categories, task.seed])
    pictures = hashlib.sha256()
    for side in (task.train, task.val):
        for example in side.examples:
            pictures.update(f"{example.path}\0{_bytes_of(example.path)}\0{example.rotation}\n".encode())
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


def _bytes_of(path: Path) -> str:
    """Return the digest of a file, or nothing of one that cannot be read: it is left out of the training, too."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def code_digest() -> str:
    """Return a digest of the code that decides what a training comes to: ours, and the versions of what it runs on."""
    import keras

    training = Path(__file__).parents[1]
    seen = [*training.rglob("*.py"), *(file for name in _MODELS for file in Path(models.__file__).parent.glob(name))]
    digest = hashlib.sha256(f"{keras.__version__} {keras.backend.backend()} {np.__version__}".encode())
    for file in sorted(seen):
        digest.update(file.read_bytes())
    return digest.hexdigest()
