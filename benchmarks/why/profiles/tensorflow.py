"""TensorFlow: the trace of its profiler over a SavedModel."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.why.document import Why
from benchmarks.why.feeding import fit
from benchmarks.why.tensorflow_trace import trace

SUFFIXES = (".pb",)
PACKAGE = "tensorflow"


def profile(model: Path, batch: NDArray[np.uint8], contender: Contender) -> Why:
    """Run the signature ``serving_default`` of the folder that ``model`` lies in."""
    import tensorflow as tf

    function = tf.saved_model.load(str(model.parent)).signatures["serving_default"]
    ((name, source),) = function.structured_input_signature[1].items()
    device = "GPU:0" if contender.device == "cuda" else "CPU:0"
    with tf.device(device):
        feed = {name: tf.constant(fit(batch, list(source.shape), source.dtype.as_numpy_dtype))}
        return trace(lambda: function(**feed))
