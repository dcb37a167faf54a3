"""The package for TensorFlow Serving: configurations by protobufs, signatures by TensorFlow, the client over REST."""

import json

import numpy as np
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format, wrappers_pb2
from inference_servers import listening, tf_rest
from served_package import load_client, run_client, write_served

STAGES = ["decoded", "resized", "bundle_score", "resized_score", "file_score"]


@pytest.fixture(scope="module")
def package(tiny_original, tmp_path_factory):
    return write_served(tiny_original, "saved_model", "tf-serving", tmp_path_factory.mktemp("tf_serving"))


@pytest.fixture(scope="module")
def signatures(package):
    import tensorflow as tf

    return tf.saved_model.load(package / "models/red-green/1").signatures


def parse(text, **fields):
    """Parse a message whose fields are given by number and type; TensorFlow Serving's wheel lacks these messages."""
    file = descriptor_pb2.FileDescriptorProto(name="given.proto", package="given", syntax="proto3")
    file.dependency.append(wrappers_pb2.DESCRIPTOR.name)
    for name, members in fields.items():
        message = file.message_type.add(name=name)
        for member, (number, kind) in members.items():
            field = message.field.add(name=member, number=number, label=1)
            if isinstance(kind, str):
                field.type, field.type_name = 11, kind
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wrappers_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    wanted = pool.FindMessageTypeByName(f"given.{list(fields)[-1]}")
    return text_format.Parse(text, message_factory.GetMessageClass(wanted)())


def test_the_model_configuration_is_one_that_the_server_reads(package):
    from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

    parsed = text_format.Parse((package / "models.config").read_text("utf-8"), ModelServerConfig())
    (config,) = parsed.model_config_list.config
    assert (config.name, config.base_path, config.model_platform) == ("red-green", "/models/red-green", "tensorflow")
    assert config.model_version_policy.latest.num_versions == 1
    assert (package / config.base_path.removeprefix("/") / "1/saved_model.pb").is_file()


def test_batching_and_monitoring_have_fields_that_the_server_knows(package):
    integer = ".google.protobuf.Int64Value"
    names = ("max_batch_size", "batch_timeout_micros", "max_enqueued_batches", "num_batch_threads")
    numbered = {name: (number, integer) for number, name in enumerate(names, 1)}
    batching = parse((package / "batching_parameters.txt").read_text("utf-8"), BatchingParameters=numbered)
    assert all(getattr(batching, name).value > 0 for name in names)
    monitoring = parse(
        (package / "monitoring.config").read_text("utf-8"),
        PrometheusConfig={"enable": (1, 8), "path": (2, 9)},  # 8: bool, 9: string
        MonitoringConfig={"prometheus_config": (1, ".given.PrometheusConfig")},
    )
    assert monitoring.prometheus_config.enable


def test_the_signatures_take_what_the_client_and_the_readme_send(package, signatures):
    import tensorflow as tf

    (image,) = signatures["serving_default"].structured_input_signature[1].values()
    assert (image.name, image.dtype, image.shape.as_list()) == ("image", tf.uint8, [None, 64, 64, 3])
    (encoded,) = signatures["serving_bytes"].structured_input_signature[1].values()
    assert (encoded.dtype, encoded.shape.as_list()) == (tf.string, [None])
    golden = json.loads((package / "golden/golden.json").read_text("utf-8"))["pictures"]
    files = tf.constant([(package / "golden" / entry["file"]).read_bytes() for entry in golden])
    scores = signatures["serving_bytes"](files)["scores"].numpy()
    np.testing.assert_allclose(scores, [entry["scores"] for entry in golden], atol=1e-4)


def test_the_self_test_passes_with_the_real_model(package, signatures):
    with listening(tf_rest("red-green", signatures)) as url:
        done = run_client(package, url, "selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [[stage, "ok"] for stage in STAGES] + [
        ["passed."]
    ]


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"outputs": [[0.5, 0.5]]}'])
def test_an_answer_that_makes_no_sense_is_no_score(package, monkeypatch, body):
    client = load_client(package, monkeypatch)
    with listening(lambda *_: (200, {}, body)) as url, pytest.raises(ValueError, match="not an answer of TensorFlow"):
        client.Classifier.load(package, url).score(np.zeros((64, 64, 3), np.uint8))
