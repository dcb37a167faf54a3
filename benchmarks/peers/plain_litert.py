"""The usual way to LiteRT: TensorFlow's converter on the Keras model as trained, and litert-quantizer's own recipe."""

from collections.abc import Iterable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def export(model: Any, target: Path) -> None:
    """Write a ``keras.Model`` (normalised float32 pictures in) as TensorFlow's guide does."""
    import tensorflow as tf

    with redirect_stdout(StringIO()):
        target.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())


def quantize(source: Path, target: Path, batches: Iterable[NDArray[np.float32]]) -> None:
    """Quantize with the recipe ``static_wi8_ai8``, calibrated by the quantizer itself, as its guide says."""
    from ai_edge_litert.interpreter import Interpreter
    from litert_quantizer import recipe
    from litert_quantizer.quantizer import Quantizer

    ((key, names),) = Interpreter(str(source)).get_signature_list().items()
    quantizer = Quantizer(str(source), recipe.static_wi8_ai8())
    statistics = quantizer.calibrate({key: [{names["inputs"][0]: batch} for batch in batches]}, num_threads=1)
    result = quantizer.quantize(statistics, enable_progress_bar=False, enable_progress_report=False)
    result.export_model(str(target), overwrite=True)
