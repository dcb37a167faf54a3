"""LiteRT (TensorFlow Lite): float32, float16 weights, int8 for CPUs and accelerators, dynamic int8, and 16x8."""

from exporters.formats import ExportOptions, Job, Written
from exporters.litert.convert import OUTPUT, to_litert
from exporters.litert.entry import INPUT, enter_bytes, enter_floats
from exporters.litert.first import centred, paired, plain
from exporters.litert.graph import Graph
from exporters.litert.metadata import describe
from exporters.litert.quantize import ACTIVATION_BITS, quantize
from models.errors import UserError
from models.keras_backend import check_backend
from models.manifest import Tensor
from models.resnet50 import InferenceNetwork

RECIPES = ("fp32", "fp16", "int8", "int8-dynamic", "int16x8")
CALIBRATED = frozenset(ACTIVATION_BITS)
OPTIONS = frozenset({"batch", "calibrate", "calibrator", "rounding", "float_layers"})
NEVER_FLOAT = frozenset({"conv1"})
DISTRIBUTION = "litert-quantizer"

MODEL = "model.tflite"
MINIMUM_RUNTIME = {"ai-edge-litert": "1.0.1", "tflite-runtime": "2.14.0"}
"""The oldest that were tried; nothing in the graph is newer than TensorFlow 2.5."""


def check(options: ExportOptions) -> None:
    """Raise UserError where the first convolution, which takes the picture's bytes, is to stay in float.

    Keras has to run on TensorFlow, too.
    """
    for name in sorted(NEVER_FLOAT & set(options.float_layers)):
        problem = f"LiteRT's first convolution takes bytes, and cannot stay in float (got {name})"
        raise UserError("--float-layers", problem, f"Leave {name} out, or take --quantize fp32.")
    check_backend("an export to LiteRT", "tensorflow")


def write(network: InferenceNetwork, job: Job) -> Written:
    """Write ``model.tflite``, with the metadata that makes it useful on its own."""
    model = _calibrated(network, job) if job.recipe in CALIBRATED else _float(network, job)
    (job.folder / MODEL).write_bytes(describe(model, job.spec, job.recipe, job.parent))
    size = job.options.batch
    return Written(
        model=MODEL,
        inputs=(Tensor(name=INPUT, dtype="uint8", shape=(size, network.height, network.width, 3)),),
        outputs=(Tensor(name=OUTPUT, dtype="float32", shape=(size, len(network.labels))),),
        minimum_runtime=MINIMUM_RUNTIME,
    )


def _float(network: InferenceNetwork, job: Job) -> Graph:
    """Activations are float32: the neutral pixel is taken from the picture, and the first convolution reads colours."""
    rule = job.spec.preprocessing
    job.progress("converting the inference graph to LiteRT")
    model = to_litert(network, centred(network, rule), job.options.batch)
    if job.recipe != "fp32":
        job.progress("making its weights smaller")
        model = quantize(model, job.recipe, {})
    enter_floats(model, rule, job.options.batch)
    return model


def _calibrated(network: InferenceNetwork, job: Job) -> Graph:
    """Activations are integers: the picture goes in as it is, with its constant, in pairs of columns where it can."""
    first = plain(network) if network.width % 2 else paired(network)
    job.progress("converting the inference graph to LiteRT")
    model = to_litert(network, first, job.options.batch)
    job.progress("writing it in integers")
    model = quantize(model, job.recipe, job.ranges, job.float_nodes)
    enter_bytes(model, first, job.options.batch)
    return model
