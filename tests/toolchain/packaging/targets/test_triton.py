"""The Triton repository by Triton's own protobufs, and its client against a server that speaks KServe v2."""

import hashlib
import json
from urllib.error import HTTPError

import numpy as np
import pytest
from google.protobuf import text_format
from inference_servers import kserve, listening
from served_package import load_client, run_client, write_served

from models.bundle import Bundle, seal
from toolchain.packaging.content import read_content
from toolchain.packaging.targets import triton

STAGES = ["decoded", "resized", "bundle_score", "resized_score", "file_score"]


def parse(text):
    from tritonclient.grpc.model_config_pb2 import ModelConfig

    return text_format.Parse(text, ModelConfig())


def config_of(package):
    (path,) = (package / "repository").glob("*/config.pbtxt")
    return parse(path.read_text("utf-8"))


def onnx_scores(package):
    import onnxruntime

    (path,) = (package / "repository").glob("*/1/model.onnx")
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda batch: session.run(["scores"], {"image": batch})[0]


@pytest.fixture(scope="module")
def package(tiny_original, tmp_path_factory):
    return write_served(tiny_original, "onnx", "triton", tmp_path_factory.mktemp("triton"))


def test_the_repository_is_one_that_triton_reads(package):
    model = package / "repository" / "red-green"
    assert sorted(path.relative_to(model).as_posix() for path in model.rglob("*.*")) == [
        "1/model.onnx", "config.pbtxt", "configs/gpu.pbtxt", "labels.txt",
    ]  # fmt: skip
    config = config_of(package)
    assert (config.name, config.backend, config.default_model_filename) == ("red-green", "onnxruntime", "model.onnx")
    assert (list(config.input[0].dims), config.input[0].data_type) == ([64, 64, 3], 2)  # 2: uint8
    assert (list(config.output[0].dims), config.output[0].data_type) == ([2], 11)  # 11: float32
    assert (model / config.output[0].label_filename).read_text() == "red\ngreen\n"
    assert config.version_policy.latest.num_versions == 1
    digests = [hashlib.sha256(path.read_bytes()).digest() for path in package.rglob("model.onnx")]
    assert len(digests) == 2
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("path", "kind", "most"), [("config.pbtxt", "KIND_CPU", 16), ("configs/gpu.pbtxt", "KIND_GPU", 64)]
)
def test_a_free_batch_is_batched_by_triton(package, path, kind, most):
    config = parse((package / "repository/red-green" / path).read_text("utf-8"))
    (group,) = config.instance_group
    assert (group.Kind.Name(group.kind), group.count) == (kind, 1)
    assert config.max_batch_size == most
    assert max(config.dynamic_batching.preferred_batch_size) == most
    assert config.dynamic_batching.max_queue_delay_microseconds > 0
    (warm_up,) = config.model_warmup
    assert list(warm_up.inputs["image"].dims) == [64, 64, 3]


def test_tensorrt_is_a_comment_that_parses_when_it_is_none(package):
    text = (package / "repository/red-green/configs/gpu.pbtxt").read_text("utf-8")
    comment = "\n".join(line[1:] for line in text.splitlines() if line.startswith("#     "))
    (accelerator,) = parse(comment).optimization.execution_accelerators.gpu_execution_accelerator
    assert accelerator.name == "tensorrt"
    assert accelerator.parameters["precision_mode"] == "FP16"


def test_a_picture_of_any_size_has_free_dimensions(as_format):
    files = triton.client(read_content(as_format("onnx", any_size=True)))
    config = parse(files["repository/colours/config.pbtxt"].decode())
    assert list(config.input[0].dims) == [-1, -1, 3]
    assert list(config.model_warmup[0].inputs[config.input[0].name].dims) == [6, 8, 3]


def test_an_int8_graph_is_not_for_gpus(as_format):
    bundle = as_format("onnx")
    fields = bundle.manifest.model_dump(exclude={"files", "schema_version"}) | {"recipe": "int8"}
    seal(bundle.path, **fields)
    files = triton.client(read_content(Bundle.open(bundle.path)))
    assert not [path for path in files if path.endswith("gpu.pbtxt")]
    assert "Take the fp16 bundle for GPUs" in files["README.md"].decode()
    assert "gpu.pbtxt" not in files["README.md"].decode()


@pytest.mark.slow
def test_an_openvino_model_is_two_files(tiny_original, tmp_path):
    pytest.importorskip("openvino")
    folder = write_served(tiny_original, "openvino", "triton", tmp_path)
    config = config_of(folder)
    assert (config.backend, config.default_model_filename) == ("openvino", "model.xml")
    assert {path.name for path in (folder / "repository/red-green/1").iterdir()} == {"model.xml", "model.bin"}
    assert not (folder / "repository/red-green/configs").exists()


@pytest.mark.parametrize("binary", [True, False])
def test_the_self_test_passes_with_the_real_model(package, binary):
    with listening(kserve(config_of(package), onnx_scores(package), binary=binary)) as url:
        done = run_client(package, url, "selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [[stage, "ok"] for stage in STAGES] + [
        ["passed."]
    ]


@pytest.mark.slow
@pytest.mark.parametrize("options", [{"batch": 3}, {"resize_in_graph": True}])
def test_a_fixed_batch_and_a_picture_of_any_size_pass_as_well(tiny_original, tmp_path, options):
    folder = write_served(tiny_original, "onnx", "triton", tmp_path, **options)
    config = config_of(folder)
    assert bool(config.max_batch_size) == ("batch" not in options) == config.HasField("dynamic_batching")
    with listening(kserve(config, onnx_scores(folder))) as url:
        done = run_client(folder, url, "selftest")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_server_with_another_model_fails_the_self_test(package):
    score = onnx_scores(package)
    with listening(kserve(config_of(package), lambda batch: 0.9 * score(batch))) as url:
        done = run_client(package, url, "selftest")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "FAILED: bundle_score is the first stage that differs."


def test_a_picture_is_scored_and_judged(package):
    document = json.loads((package / "golden/golden.json").read_text("utf-8"))
    with listening(kserve(config_of(package), onnx_scores(package))) as url:
        done = run_client(package, url, package / "golden/0.jpg")
    answer = json.loads(done.stdout)
    assert list(answer["scores"].values()) == pytest.approx(document["pictures"][0]["scores"], abs=1e-4)
    assert answer["verdict"] in answer["verdicts"].values()


def test_its_command_says_what_it_takes(package):
    for words in ([], ["http://localhost:8000"], ["selftest"]):
        done = run_client(package, *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("usage: python classifier.py URL selftest")


def test_an_address_without_a_scheme_is_a_line(package):
    done = run_client(package, "localhost:8000", "selftest")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "address: it begins with http:// or https:// (got localhost:8000).\n"


def test_a_server_that_is_down_is_a_line_for_each_picture(package):
    with listening(lambda *_: (200, {}, b"")) as url:
        pass
    pictures = [str(package / "golden" / name) for name in ("0.jpg", "1.png")]
    done = run_client(package, url, *pictures)
    assert (done.returncode, done.stdout) == (1, "")
    for line, picture in zip(done.stderr.splitlines(), pictures, strict=True):
        assert line.startswith(f"{picture}: ")
        assert "refused" in line
    done = run_client(package, url, "selftest")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("FAILED: ")
    assert done.stderr.count("\n") == 1


def test_a_file_that_is_no_picture_is_a_line_and_the_others_go_on(package, tmp_path):
    (text := tmp_path / "text.jpg").write_text("no picture")
    with listening(kserve(config_of(package), onnx_scores(package))) as url:
        done = run_client(package, url, text, package / "golden/0.jpg")
    assert done.returncode == 1
    assert json.loads(done.stdout)["file"] == str(package / "golden/0.jpg")
    assert done.stderr == f"{text}: picture: not a JPEG, PNG, WebP, GIF or BMP. Let a person look.\n"


def test_an_answer_that_breaks_off_is_no_score(package, monkeypatch):
    client = load_client(package, monkeypatch)
    with (
        listening(lambda *_: (200, {"Content-Length": 99}, b"{")) as url,
        pytest.raises(OSError, match="no whole answer"),
    ):
        client.Classifier.load(package, url).score(np.zeros((64, 64, 3), np.uint8))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ((200, {}, b"{}"), "not an answer of KServe v2"),
        ((200, {}, b"no JSON"), "Expecting value"),
        (
            (200, {}, b'{"outputs": [{"name": "scores", "datatype": "INT8", "shape": [1, 2], "data": [0, 0]}]}'),
            "KServe",
        ),
        (
            (200, {}, b'{"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 1], "data": [0]}]}'),
            "one score",
        ),
        ((200, {}, b'{"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 2], "data": [0]}]}'), "reshape"),
    ],
)
def test_an_answer_that_makes_no_sense_is_no_score(package, monkeypatch, answer, text):
    client = load_client(package, monkeypatch)
    with listening(lambda *_: answer) as url, pytest.raises(ValueError, match=text):
        client.Classifier.load(package, url).score(np.zeros((64, 64, 3), np.uint8))


def test_an_error_of_the_server_is_no_score(package, monkeypatch):
    client = load_client(package, monkeypatch)
    with listening(lambda *_: (503, {}, b"")) as url, pytest.raises(HTTPError, match="503") as caught:
        client.Classifier.load(package, url).score(np.zeros((64, 64, 3), np.uint8))
    caught.value.close()


@pytest.mark.parametrize(
    ("scores", "verdicts", "verdict"),
    [
        ([0.1, float("nan")], ["allow", "review"], "review"),
        ([0.4, 0.6], ["review", "block"], "block"),
        ([0.39, 0.0], ["allow", "allow"], "allow"),
    ],
)
def test_verdicts_are_those_of_the_bundle_format(package, monkeypatch, scores, verdicts, verdict):
    client = load_client(package, monkeypatch)
    result = client.Classifier.load(package, "http://localhost").judge(scores)
    assert (list(result.verdicts.values()), result.verdict) == (verdicts, verdict)
