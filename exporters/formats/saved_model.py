"""SavedModel for TensorFlow Serving: pictures as pixels or as files, scores and category names out."""

import json

from exporters.description import described
from exporters.formats import ExportOptions, Job, Written
from exporters.saved_model.document import BYTES, PIXELS, saved_model
from models.manifest import Tensor
from models.resnet50 import InferenceNetwork

RECIPES = ("fp32",)
CALIBRATED: frozenset[str] = frozenset()
OPTIONS: frozenset[str] = frozenset()
NEVER_FLOAT: frozenset[str] = frozenset()
DISTRIBUTION = "tensorflow"

FOLDER = "model"
MINIMUM_RUNTIME = {"tensorflow": "2.4"}
"""The oldest that was seen to run what TensorFlow 2.21 writes; 2.3 lacks the operation DecodeImage."""


def check(options: ExportOptions) -> None:
    """Nothing to refuse: whatever can be asked for can be had."""
    del options


def write(network: InferenceNetwork, job: Job) -> Written:
    """Write the folder ``model``: ``saved_model.pb``, and what it is in ``assets.extra/rct.json``."""
    job.progress("writing the inference graph for TensorFlow")
    folder = job.folder / FOLDER
    (folder / "assets.extra").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(saved_model(network, job.spec))
    (folder / "assets.extra" / "rct.json").write_text(json.dumps(described(job), indent=2) + "\n", "utf-8")
    shape = (None, network.height, network.width, 3)
    return Written(
        model=f"{FOLDER}/saved_model.pb",
        inputs=(Tensor(name="image", dtype="uint8", shape=shape),),
        outputs=(Tensor(name="scores", dtype="float32", shape=(None, len(network.labels))),),
        minimum_runtime=MINIMUM_RUNTIME,
        details={"signatures": [PIXELS, BYTES]},
    )
