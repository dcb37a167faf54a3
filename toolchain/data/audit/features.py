"""What the shipped classifier's backbone makes of a dataset, from the cache that training uses, or computed."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolchain.data.collection import Collection
from toolchain.data.dataset import Dataset, Example
from toolchain.output import Progress

FEATURES = Path("trained", ".features")
"""Where rct train keeps them when it is not told otherwise."""


def backbone_features(collection: Collection, cache: Path, threads: int, progress: Progress) -> NDArray[np.floating]:
    """Return float32 [pictures, size]; the rows of pictures that cannot be read are nan.

    Raises:
        UserError: no picture can be read.
    """
    from toolchain.tensorflow_noise import quiet_keras
    from toolchain.training.backbones import DEFAULT, find_backbone
    from toolchain.training.features.compute import Way, compute_features
    from toolchain.training.features.network import open_extractor
    from toolchain.training.features.views import Views

    quiet_keras()
    backbone = find_backbone(DEFAULT)
    extractor = open_extractor(backbone, ())
    examples = tuple(Example(collection.path(entry), rotation=entry.rotation) for entry in collection.pictures)
    dataset, way = Dataset(collection.folder, examples), Way(extractor, backbone.preprocessing, Views(0, 0))
    found = compute_features(dataset, way, cache, threads, progress)
    values = np.full((len(examples), extractor.size), np.nan, np.float32)
    values[found.kept] = found.values[:, 0]
    return values
