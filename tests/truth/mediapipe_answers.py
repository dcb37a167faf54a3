"""Run by a Python that has MediaPipe and none of our code: what ImageClassifier makes of a file, and what it reads.

python mediapipe_answers.py model.tflite pictures.npy

Prints JSON: for each picture the categories as MediaPipe sorts them, and the metadata by the reader that FlatBuffers'
compiler generated from the published schema.
"""

import json
import sys
from pathlib import Path

import mediapipe
import numpy as np
from mediapipe.tasks.metadata import metadata_schema_py_generated as schema
from mediapipe.tasks.metadata import schema_py_generated as model_schema
from mediapipe.tasks.python import vision


def answers(model, pictures):
    with vision.ImageClassifier.create_from_model_path(str(model)) as classifier:
        for pixels in pictures:
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))
            (found,) = classifier.classify(image).classifications
            yield {category.category_name: category.score for category in found.categories}


def metadata(model):
    content = model.read_bytes()
    held = model_schema.Model.GetRootAs(content)
    entry = held.Metadata(0)
    buffer = held.Buffers(entry.Buffer()).DataAsNumpy().tobytes()
    if not schema.ModelMetadata.ModelMetadataBufferHasIdentifier(buffer, 0):
        raise SystemExit("the buffer is not metadata")
    return plain(schema.ModelMetadataT.InitFromObj(schema.ModelMetadata.GetRootAs(buffer)))


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (list, np.ndarray)):
        return [plain(item) for item in value]
    if hasattr(value, "__dict__"):
        return {name: plain(item) for name, item in vars(value).items() if item is not None}
    return value.item() if isinstance(value, np.generic) else value


path = Path(sys.argv[1])
json.dump({"answers": list(answers(path, np.load(sys.argv[2]))), "metadata": metadata(path)}, sys.stdout)
