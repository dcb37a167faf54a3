"""What `rct export --format saved_model` writes; test_contract.py has what holds for every format."""

import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from written import write_bundle

from exporters.formats.saved_model import MINIMUM_RUNTIME
from exporters.saved_model.document import saved_model

ELSEWHERE = """
import sys
sys.modules["keras"] = None
import numpy as np
import tensorflow as tf

signatures = tf.saved_model.load(sys.argv[1]).signatures
pictures = np.load("pictures.npy")
files = [open(f"{index}.png", "rb").read() for index in range(len(pictures))]
answers = {
    "pixels": signatures["serving_default"](image=tf.constant(pictures)),
    "files": signatures["serving_bytes"](image_bytes=tf.constant(files)),
}
scores = {f"{name}_scores": answer["scores"].numpy() for name, answer in answers.items()}
labels = {f"{name}_labels": answer["labels"].numpy().astype("S") for name, answer in answers.items()}
np.savez("answers.npz", **scores, **labels)
ours = {"exporters", "models", "toolchain", "benchmarks"} & set(sys.modules)
assert not ours, ours
"""


@pytest.fixture(scope="module")
def bundle(tiny_original, tmp_path_factory):
    return write_bundle(tiny_original, "saved_model", "fp32", tmp_path_factory.mktemp("bundles") / "any")


@pytest.fixture(scope="module")
def document(bundle):
    from tensorflow.core.protobuf import saved_model_pb2

    return saved_model_pb2.SavedModel.FromString(bundle.model.read_bytes())


def png(pixels):
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def test_a_process_that_has_nothing_of_ours_serves_it(bundle, pictures, expected, tmp_path):
    np.save(tmp_path / "pictures.npy", pictures)
    for index, pixels in enumerate(pictures):
        (tmp_path / f"{index}.png").write_bytes(png(pixels))
    command = [sys.executable, "-I", "-c", ELSEWHERE, str(bundle.model.parent)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(tmp_path / "answers.npz") as answers:
        for name in ("pixels", "files"):
            np.testing.assert_allclose(answers[f"{name}_scores"], expected, atol=2e-6)
            assert answers[f"{name}_labels"].tolist() == [[b"red", b"green"]] * len(pictures)


def test_the_signatures_are_what_a_server_reads(document):
    (meta,) = document.meta_graphs
    assert list(meta.meta_info_def.tags) == ["serve"]
    read = {
        name: [
            {key: (tensor.dtype, [side.size for side in tensor.tensor_shape.dim]) for key, tensor in tensors.items()}
            for tensors in (signature.inputs, signature.outputs)
        ]
        for name, signature in meta.signature_def.items()
    }
    string, uint8, float32 = 7, 4, 1  # of types.proto
    outputs = {"scores": (float32, [-1, 2]), "labels": (string, [-1, 2])}
    assert read == {
        "serving_default": [{"image": (uint8, [-1, 64, 64, 3])}, outputs],
        "serving_bytes": [{"image_bytes": (string, [-1])}, outputs],
    }
    assert {signature.method_name for signature in meta.signature_def.values()} == {"tensorflow/serving/predict"}


def test_it_is_one_frozen_graph(document, bundle, network):
    (meta,) = document.meta_graphs
    operations = [node.op for node in meta.graph_def.node]
    assert operations.count("Conv2D") == len(network.convolutions), "scored once, whichever signature is asked"
    assert not {"VarHandleOp", "VariableV2", "PyFunc", "FusedBatchNormV3"} & set(operations)
    assert set(bundle.manifest.files) == {"model/saved_model.pb", "model/assets.extra/rct.json"}


def test_the_same_network_is_the_same_file(network, tiny_original, bundle):
    import tensorflow as tf

    tf.function(lambda x: tf.cond(x > 0, lambda: x, lambda: -x)).get_concrete_function(tf.TensorSpec(()))
    assert saved_model(network, tiny_original.manifest.spec) == bundle.model.read_bytes()


def test_a_file_that_is_no_picture_is_an_error(bundle):
    import tensorflow as tf

    signature = tf.saved_model.load(str(bundle.model.parent)).signatures["serving_bytes"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Unknown image file format"):
        signature(image_bytes=tf.constant([b"no picture"]))


def test_the_manifest_names_the_oldest_tensorflow(bundle):
    assert bundle.manifest.minimum_runtime == MINIMUM_RUNTIME
    assert bundle.manifest.details["signatures"] == ["serving_default", "serving_bytes"]
