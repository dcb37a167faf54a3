"""What other programs read of a .tflite file: its metadata and the files that travel behind it.

    content = describe(graph, spec, "int8", parent)

TensorFlow Lite Metadata (metadata_schema.fbs, whose field positions are the keys below): a FlatBuffer of its own in a
buffer named TFLITE_METADATA, and a ZIP archive appended to the model. A reader that knows neither finds a plain model.
MediaPipe's ImageClassifier takes the labels from there; what the schema has no place for (thresholds by category,
preprocessing) is in ``classifier.json``.
"""

import io
import json
import zipfile
from collections.abc import Mapping

from exporters.litert.graph import Graph
from exporters.litert.tables import Byte, Table, Word, write
from models.litert_file import CLASSIFIER_FILE
from models.manifest import Parent
from models.spec import ClassifierSpec

LABELS_FILE = "labels.txt"
BUFFER = "TFLITE_METADATA"

_PARSER = "1.0.0"
"""The schema's first version has all that is used here."""
_DESCRIPTIONS, _AXIS_LABELS = Byte(1), Byte(2)
_IMAGE_PROPERTIES, _RGB = Byte(2), Byte(1)
_NORMALIZATION, _THRESHOLDING = Byte(1), Byte(3)


def describe(graph: Graph, spec: ClassifierSpec, recipe: str, parent: Parent) -> bytes:
    """Put the metadata into ``graph`` and return the whole file, its archive included."""
    from ai_edge_litert.schema_py_generated import MetadataT

    entry = MetadataT()
    entry.name, entry.buffer = BUFFER.encode(), graph.buffer(metadata(spec))
    graph.model.metadata = [entry]
    about = {
        "name": spec.name,
        "recipe": recipe,
        "labels": spec.labels,
        "thresholds": {label: rule.model_dump() for label, rule in spec.thresholds.items()},
        "preprocessing": spec.preprocessing.model_dump(mode="json"),
        "licence": spec.licence,
        "parent": parent.model_dump(),
    }
    files = {
        LABELS_FILE: "".join(f"{label}\n" for label in spec.labels),
        CLASSIFIER_FILE: json.dumps(about, indent=2) + "\n",
    }
    return _with_files(graph.content(), files)


def metadata(spec: ClassifierSpec) -> bytes:
    """Return the ModelMetadata of a classifier."""
    about: Table = {0: CLASSIFIER_FILE, 1: "Thresholds by category, preprocessing and origin.", 2: _DESCRIPTIONS}
    root: Table = {
        0: spec.name,
        1: spec.description or spec.name,
        3: [{2: [_image(spec)], 3: [_scores()]}],
        5: spec.licence,
        6: [about],
        7: _PARSER,
    }
    return write(root, identifier=b"M001")


def _image(spec: ClassifierSpec) -> Table:
    rule = spec.preprocessing
    size: Table = {0: Word(rule.width), 1: Word(rule.height)}
    properties: Table = {0: _RGB, 1: size}
    nothing: Table = {0: [0.0], 1: [1.0]}
    return {
        0: "image",
        1: "The picture as it is, red, green and blue from 0 to 255.",
        3: {0: _IMAGE_PROPERTIES, 1: properties},
        4: [_unit(_NORMALIZATION, nothing)],
        5: _between(0.0, 255.0),
    }


def _scores() -> Table:
    """A threshold of 0 holds no score back: that a picture is safe is an answer too."""
    every_score: Table = {0: 0.0}
    return {
        0: "scores",
        1: "For each category a score from 0 to 1, independent of the others.",
        4: [_unit(_THRESHOLDING, every_score)],
        5: _between(0.0, 1.0),
        6: [{0: LABELS_FILE, 1: "The categories, in the order of the scores.", 2: _AXIS_LABELS}],
    }


def _unit(kind: Byte, options: Table) -> Table:
    return {0: kind, 1: options}


def _between(low: float, high: float) -> Table:
    return {0: [high], 1: [low]}


def _with_files(model: bytes, files: Mapping[str, str]) -> bytes:
    """Append an archive; uncompressed, because readers map it, and without dates, so that it is always the same."""
    content = io.BytesIO()
    content.write(model)
    with zipfile.ZipFile(content, "a", zipfile.ZIP_STORED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()
