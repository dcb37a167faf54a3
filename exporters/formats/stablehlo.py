"""StableHLO through JAX: half precision for throughput on GPUs, float32 to compare with; the same file on a CPU."""

from exporters.formats import ExportOptions, Job, Written
from exporters.stablehlo.artefact import PRECISION, write_artefact
from models.errors import UnavailableError
from models.resnet50 import InferenceNetwork

RECIPES = tuple(PRECISION)
CALIBRATED: frozenset[str] = frozenset()
OPTIONS = frozenset({"batch"})
NEVER_FLOAT: frozenset[str] = frozenset()
DISTRIBUTION = "jax"


def check(options: ExportOptions) -> None:
    """Raise UnavailableError where JAX is not installed."""
    del options
    try:
        import jax  # noqa: F401
    except ImportError as error:
        raise UnavailableError("jax", "not installed", "pip install 'rct[stablehlo]'.") from error


def write(network: InferenceNetwork, job: Job) -> Written:
    """Write ``model.jax`` and ``model.mlirbc``, for a CPU and a CUDA GPU alike.

    A fixed batch (``ExportOptions.batch``) is easier on other readers of StableHLO; to JAX, which compiles for each
    size anyway, both are the same.
    """
    job.progress("writing the inference graph in StableHLO")
    rule = job.spec.preprocessing
    return write_artefact(network, rule, job.recipe, job.options.batch, job.folder)
