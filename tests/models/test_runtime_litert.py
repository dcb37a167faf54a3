"""LiteRT runs models that rct had no hand in making, and refuses what it cannot run in one line."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from models.bundle import Bundle, seal, writing
from models.errors import BundleError, UnavailableError
from models.manifest import Tensor
from models.runtimes import RuntimeOptions, load_runtime


def mean_colour(dtype, categories=2):
    """A model by TensorFlow's own converter: a sigmoid of weighted mean colours."""
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, 6, 8, 3), dtype)])
    def scores(image):
        means = tf.reduce_mean(tf.cast(image, tf.float32) / 255, axis=(1, 2))
        return tf.sigmoid(means @ tf.constant(np.linspace(-1, 1, 3 * categories, dtype=np.float32).reshape(3, -1)))

    converter = tf.lite.TFLiteConverter.from_concrete_functions([scores.get_concrete_function()], tf.Module())
    return converter.convert()


def by_numpy(batch, categories=2):
    means = batch.mean(axis=(1, 2), dtype=np.float64) / 255
    return 1 / (1 + np.exp(-means @ np.linspace(-1, 1, 3 * categories).reshape(3, -1)))


@pytest.fixture(scope="module")
def content():
    import tensorflow as tf

    return mean_colour(tf.uint8)


@pytest.fixture
def bundle_of(tmp_path, spec):
    def write(content):
        with writing(tmp_path / "bundle") as folder:
            (folder / "model.tflite").write_bytes(content)
            seal(
                folder,
                name="tiny",
                format="tflite",
                recipe="fp32",
                spec=spec,
                model="model.tflite",
                inputs=(Tensor(name="image", dtype="uint8", shape=(None, 6, 8, 3)),),
                outputs=(Tensor(name="scores", dtype="float32", shape=(None, 2)),),
            )
        return Bundle.open(tmp_path / "bundle")

    return write


def pictures(count):
    return np.random.default_rng(count).integers(0, 256, (count, 6, 8, 3)).astype(np.uint8)


@pytest.mark.parametrize(
    "options", [RuntimeOptions(), RuntimeOptions(threads=2), RuntimeOptions(graph_optimization="none")]
)
def test_a_file_without_metadata_runs(bundle_of, content, options):
    predict = load_runtime(bundle_of(content), options)
    for count in (1, 5, 2):
        scores = predict(pictures(count))
        assert scores.dtype == np.float32
        np.testing.assert_allclose(scores, by_numpy(pictures(count)), atol=1e-6)


def test_a_view_of_pictures(bundle_of, content):
    view = pictures(6)[::-2]
    np.testing.assert_allclose(load_runtime(bundle_of(content))(view), by_numpy(view), atol=1e-6)


def test_scores_outlive_the_next_call(bundle_of, content):
    predict = load_runtime(bundle_of(content))
    first = predict(pictures(3))
    kept = first.copy()
    predict(pictures(3)[::-1].copy())
    np.testing.assert_array_equal(first, kept)


def test_several_threads_may_ask_at_once(bundle_of, content):
    predict = load_runtime(bundle_of(content))
    counts = [1, 4, 2, 7, 3] * 6
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda count: predict(pictures(count)), counts))
    for count, scores in zip(counts, found, strict=True):
        np.testing.assert_allclose(scores, by_numpy(pictures(count)), atol=1e-6)


@pytest.mark.parametrize(
    "broken", [b"", b"not a model", b"\x1c\x00\x00\x00TFL3" + bytes(200)], ids=["empty", "text", "only a head"]
)
def test_a_file_that_is_no_model(bundle_of, broken):
    with pytest.raises(BundleError) as error:
        load_runtime(bundle_of(broken))
    assert "LiteRT cannot run it (" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_was_cut_short(bundle_of, content):
    with pytest.raises(BundleError, match="LiteRT cannot run it"):
        load_runtime(bundle_of(content[: len(content) // 2]))


def test_a_model_with_float_pictures(bundle_of):
    import tensorflow as tf

    bundle = bundle_of(mean_colour(tf.float32))
    with pytest.raises(BundleError) as error:
        load_runtime(bundle)
    assert str(error.value) == (
        f"{bundle.model}: its input must be uint8 [6, 8, 3] after the batch (got float32 [6, 8, 3]). Export it again."
    )


def test_a_model_with_other_categories(bundle_of):
    import tensorflow as tf

    with pytest.raises(BundleError, match=r"its output must be float32 \[2\] after the batch \(got float32 \[3\]\)"):
        load_runtime(bundle_of(mean_colour(tf.uint8, categories=3)))


def test_there_is_no_gpu(bundle_of, content):
    with pytest.raises(UnavailableError) as error:
        load_runtime(bundle_of(content), RuntimeOptions(device="cuda"))
    assert str(error.value) == ("device cuda: LiteRT runs on the processor here. Use --device cpu, or the onnx format.")


def test_without_litert(bundle_of, content, monkeypatch):
    bundle = bundle_of(content)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(UnavailableError, match=r"ai-edge-litert: not installed. pip install ai-edge-litert\."):
        load_runtime(bundle)
