"""TensorFlow itself, on what TensorFlow Serving is given."""

import numpy as np
from numpy.typing import NDArray

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError
from models.runtimes import Predict, RuntimeOptions
from models.tensorflow_threads import limit_threads

FORMATS = ("saved_model",)
DISTRIBUTION = "tensorflow"

_SIGNATURE = "serving_default"


def load(bundle: Bundle, options: RuntimeOptions) -> Predict:
    """Load the signature ``serving_default``. A batch is run at once.

    Threads belong to the process, and are honoured only before TensorFlow has run anything.

    Raises:
        UnavailableError: TensorFlow is not installed, or cannot give what was asked for.
        BundleError: TensorFlow cannot read the model, or it has no such signature.
    """
    if options.graph_optimization == "none":
        raise UnavailableError("graph optimization", "TensorFlow sets it for the process", "Use the onnx format.")
    try:
        import tensorflow as tf
    except ImportError as error:
        raise UnavailableError("tensorflow", "not installed", "pip install tensorflow.") from error
    if options.threads is not None:
        limit_threads(options.threads)
    if options.device == "cuda" and not tf.config.list_physical_devices("GPU"):
        raise UnavailableError("device cuda", "TensorFlow sees no GPU", "Use --device cpu.")
    try:
        function = tf.saved_model.load(str(bundle.model.parent)).signatures[_SIGNATURE]
    except Exception as error:  # what is not a SavedModel fails in any way
        raise BundleError(
            bundle.model, f"TensorFlow {tf.__version__} cannot load it ({_first_line(error)})", "See rct doctor."
        ) from error
    entry, output = bundle.manifest.inputs[0].name, bundle.manifest.outputs[0].name
    device = "GPU:0" if options.device == "cuda" else "CPU:0"

    def predict(batch: NDArray[np.uint8], /) -> NDArray[np.float32]:
        with tf.device(device):
            scores: NDArray[np.float32] = function(**{entry: tf.constant(batch)})[output].numpy()
        return scores

    return predict


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
