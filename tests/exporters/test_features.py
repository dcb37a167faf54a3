import keras
import numpy as np
import onnxruntime
import pytest
from tapped import in_numpy
from tiny import TINY

from exporters.deploy import deploy
from exporters.features import write_features
from models.classifier import load_keras
from models.preprocessing import normalise


def run(file, pictures):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    assert [output.name for output in session.get_outputs()] == ["features"]
    return session.run(None, {"image": pictures})[0]


@pytest.mark.parametrize("taps", [TINY.taps, TINY.taps[3:]])
def test_the_file_computes_what_a_head_would_read(tiny_original, pictures, tmp_path, taps):
    file = write_features(deploy([tiny_original]), taps, tmp_path / "features.onnx")
    pixels = normalise(pictures, tiny_original.manifest.spec.preprocessing)
    np.testing.assert_allclose(run(file, pictures), in_numpy(load_keras(tiny_original), pixels, taps), atol=2e-5)


def test_without_taps_it_is_the_mean_of_the_last_stage(tiny_original, pictures, tmp_path):
    file = write_features(deploy([tiny_original]), (), tmp_path / "features.onnx")
    original = load_keras(tiny_original)
    pooled = keras.Model(original.input, original.get_layer("avg_pool").output)
    pixels = normalise(pictures, tiny_original.manifest.spec.preprocessing)
    np.testing.assert_allclose(run(file, pictures), pooled.predict_on_batch(pixels), rtol=2e-5, atol=2e-5)


def test_taps_that_no_head_reads(tiny_original, tmp_path):
    with pytest.raises(ValueError, match="taps must be some of"):
        write_features(deploy([tiny_original]), ("conv1_relu",), tmp_path / "features.onnx")
