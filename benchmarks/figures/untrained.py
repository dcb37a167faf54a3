"""A network with random weights, which cost as much time as trained ones, and noise to calibrate it on.

python -m benchmarks.figures.untrained FOLDER --backbone resnet50 --side 224      # writes FOLDER/resnet50
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.classifier import MODEL_FILE, SPEC_FILE, find_original
from models.preprocessing import normalise
from models.resnet50 import ARCHITECTURES, RESNET50, Architecture, training_form

SPEC = """
name = "{name}"
backbone = "{backbone}"
licence = "CC0-1.0"
categories = [{{ name = "{category}", definition = "Random weights, for measurements of speed." }}]
[preprocessing]
width = {side}
height = {side}
resize = {{ width = {side}, height = {side} }}
channel_order = "bgr"
offset = [-123.68, -116.779, -103.939]
[thresholds]
{category} = {{ review = 0.5, block = 0.8 }}
"""


def write_untrained(folder: Path, backbone: Architecture = RESNET50, side: int = 224) -> tuple[Path, Any]:
    """Write an original into ``folder / "resnet50"``; return its place and its ``keras.Model``."""
    model = training_form(backbone, ("any",), side, side)
    return _write(folder / "resnet50", model, backbone, side, "any"), model


def write_family(
    folder: Path, categories: Sequence[str], backbone: Architecture = RESNET50, side: int = 224
) -> list[Path]:
    """Write an original for each category, all on one frozen backbone; each has a head of its own."""
    model = training_form(backbone, ("any",), side, side)
    chance = np.random.default_rng(0)
    places = []
    for category in categories:
        head = model.get_layer("scores")
        head.set_weights([0.01 * chance.normal(size=weight.shape) for weight in head.get_weights()])
        places.append(_write(folder / category, model, backbone, side, category))
    return places


def _write(place: Path, model: Any, backbone: Architecture, side: int, category: str) -> Path:
    place.mkdir()
    model.save(place / MODEL_FILE)
    spec = SPEC.format(name=place.name, backbone=backbone.name, side=side, category=category)
    (place / SPEC_FILE).write_text(spec, "utf-8")
    return place


def normalised_noise(original: Path, count: int = 16) -> list[NDArray[np.float32]]:
    """Return pictures of noise as the trained network takes them, one a batch: float32 [1, height, width, 3]."""
    rule = find_original(str(original)).manifest.spec.preprocessing
    chance = np.random.default_rng(0)
    shape = (1, rule.height, rule.width, 3)
    return [np.ascontiguousarray(normalise(chance.integers(0, 256, shape, np.uint8), rule)) for _ in range(count)]


def write_noise(folder: Path, count: int = 16) -> Path:
    """Write pictures of noise: what is calibrated on changes values and not the time that they take."""
    from PIL import Image

    folder.mkdir()
    chance = np.random.default_rng(0)
    for index in range(count):
        Image.fromarray(chance.integers(0, 256, (224, 224, 3), np.uint8)).save(folder / f"{index:02}.png")
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Write one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--backbone", choices=ARCHITECTURES, default=RESNET50.name)
    parser.add_argument("--side", type=int, default=224)
    options = parser.parse_args(arguments)
    write_untrained(options.folder, ARCHITECTURES[options.backbone], options.side)


if __name__ == "__main__":
    main()
