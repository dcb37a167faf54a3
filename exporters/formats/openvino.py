"""OpenVINO's intermediate representation: float32, float16 weights, and int8, for Intel and Arm processors."""

from exporters.description import described
from exporters.formats import ExportOptions, Job, Written
from exporters.openvino.graph import INPUT, float_graph, int8_graph
from exporters.openvino.head import OUTPUT
from exporters.openvino.sharing import share_constants
from exporters.quantization.prepare import DEFAULT_CPU, weight_limit
from models.errors import UnavailableError
from models.manifest import Tensor
from models.resnet50 import InferenceNetwork

RECIPES = ("fp32", "fp16", "int8")
CALIBRATED = frozenset({"int8"})
OPTIONS = frozenset({"batch", "calibrate", "calibrator", "cpu", "rounding"})
NEVER_FLOAT: frozenset[str] = frozenset()
DISTRIBUTION = "openvino"

MODEL = "model.xml"
MINIMUM_RUNTIME = {"openvino": "2022.1"}
"""The first release with operator set 8, the newest that the graph uses."""


def check(options: ExportOptions) -> None:
    """Raise UnavailableError where OpenVINO is not installed."""
    del options
    try:
        import openvino  # noqa: F401
    except ImportError as error:
        raise UnavailableError("openvino", "not installed", "pip install 'rct[openvino]'.") from error


def write(network: InferenceNetwork, job: Job) -> Written:
    """Write ``model.xml`` and ``model.bin``; "fp16" halves the weights, and processors compute in float32 with them."""
    import openvino

    size = job.options.batch
    job.progress("writing the inference graph for OpenVINO")
    if job.recipe == "int8":
        model = int8_graph(network, job.ranges, weight_limit(job.options.cpu), size)
    else:
        model = float_graph(network, job.spec.preprocessing, size, half=job.recipe == "fp16")
    share_constants(model)
    for key, text in described(job).items():
        model.set_rt_info(text, ["rct", *key.split(".")])
    openvino.save_model(model, job.folder / MODEL, compress_to_fp16=False)
    return Written(
        model=MODEL,
        inputs=(Tensor(name=INPUT, dtype="uint8", shape=(size, network.height, network.width, 3)),),
        outputs=(Tensor(name=OUTPUT, dtype="float32", shape=(size, len(network.labels))),),
        minimum_runtime=MINIMUM_RUNTIME,
        details={"cpu": job.options.cpu or DEFAULT_CPU} if job.recipe == "int8" else {},
    )
