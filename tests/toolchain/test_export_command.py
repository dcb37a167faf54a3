"""``rct export``: what it refuses before any work, and one real export from end to end on the tiny network."""

import json
import shutil
import sys
from importlib.metadata import PackageNotFoundError

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from PIL import Image
from tiny import TINY, randomise, tiny_spec, write_original

from exporters.formats import format_names, load_format
from models.bundle import Bundle, seal
from models.resnet50 import training_form
from models.zoo import zoo_names, zoo_path
from toolchain.exporting import meant_for
from toolchain.verification.report import VerificationReport


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--format", "fax"], f"format: unknown name (got 'fax'). Known: {', '.join(sorted(format_names()))}."),
        (
            ["--quantize", "int3"],
            f"recipe of onnx: unknown name (got 'int3'). Known: {', '.join(sorted(load_format('onnx').RECIPES))}.",
        ),
        (
            ["nobody"],
            (
                f"nobody: no such classifier. Name one of {', '.join(zoo_names())}, "
                "or a folder with classifier.toml and model.keras."
            ),
        ),
        (["--images", "nowhere"], "nowhere: no such file or folder."),
        (["--calibrate", "nowhere", "--quantize", "int8"], "nowhere: no such"),
        (["--out", "taken"], "taken: already exists. Give --overwrite to replace it, or another --out."),
        (["--out", "taken", "--overwrite"], "taken: exists and is not a bundle, so it is not replaced."),
    ],
)
def test_what_is_refused_is_one_line(rct, tmp_path, arguments, line):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "diary.txt").write_text("mine")
    shown = rct("export", *arguments, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {line}")
    assert shown.err.count("\n") == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["diary.txt"]


@pytest.mark.parametrize(("format_name", "package"), [("openvino", "openvino"), ("stablehlo", "jax")])
def test_a_format_whose_package_is_missing_names_the_command_that_installs_it(rct, monkeypatch, format_name, package):
    monkeypatch.setitem(sys.modules, package, None)
    shown = rct("export", "--format", format_name)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == f"rct: {package}: not installed. pip install 'rct[{format_name}]'.\n"


def test_a_folder_that_is_an_export_is_no_original(rct, export):
    bundle = export()
    shown = rct("export", bundle.path, "--quiet")
    assert shown.code == 2
    assert "an export, not an original (got format null)" in shown.err


def test_a_folder_whose_toml_is_wrong(rct, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "classifier.toml").write_text('name = "mine"')
    shown = rct("export", "mine", "--quiet")
    assert shown.code == 2
    assert shown.err.startswith("rct: mine/classifier.toml: ")


def test_a_folder_whose_network_is_missing(rct, tmp_path, zoo_toml):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "classifier.toml").write_text(zoo_toml)
    shown = rct("export", "mine", "--quiet")
    assert shown.code == 2
    assert (
        shown.err == "rct: mine: a file is missing (got no model.keras). Save the Keras model there as model.keras.\n"
    )


@pytest.fixture
def zoo_toml():
    return (zoo_path("open_nsfw") / "classifier.toml").read_text()


@pytest.mark.parametrize(
    ("found", "cpu"),
    [({"avx2", "avx512_vnni"}, "vnni"), ({"avx2"}, "avx2"), ({"asimd", "asimddp"}, "arm"), (set(), "avx2")],
)
def test_this_processor(monkeypatch, found, cpu):
    monkeypatch.setattr("toolchain.exporting.features", lambda: frozenset(found))
    monkeypatch.setattr("toolchain.exporting.int8_saturates", lambda: "avx512_vnni" not in found)
    assert meant_for("this") == cpu
    assert meant_for("arm") == "arm"
    assert meant_for(None) is None


@pytest.fixture(scope="module")
def images(tmp_path_factory, pictures):
    """The generated pictures as files, half of them in a folder named like a category."""
    folder = tmp_path_factory.mktemp("images")
    for index, pixels in enumerate(pictures):
        place = folder / ("red" if index % 2 else "other")
        place.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(place / f"{index}.png")
    return folder


@pytest.fixture(scope="module")
def exported(tiny_original, images, tmp_path_factory):
    """A real export through the command line, kept for the module."""
    from toolchain.cli import main

    target = tmp_path_factory.mktemp("exports") / "tiny"
    code = main(["export", str(tiny_original.path), "--out", str(target), "--images", str(images), "--quiet"])
    assert code == 0
    return Bundle.open(target)


def test_an_export_ends_with_a_short_table_and_the_next_command(rct, exported, tiny_original, images):
    shown = rct("export", tiny_original.path, "--out", exported.path, "--overwrite", "--images", images)
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    for text in ("model.onnx", "PASS", "red", "green", "12 pictures", "largest score difference"):
        assert text in shown.out
    assert shown.err.splitlines()[0] == "starting Keras"
    assert shown.err.splitlines()[-1] == f"Next: rct verify {exported.path}"
    assert [path.name for path in exported.path.parent.iterdir()] == ["tiny"]


def test_an_export_as_json(rct, tiny_original, images, tmp_path):
    shown = rct("export", tiny_original.path, "--images", images, "--json", "--quiet", "--batch", "2", "--name", "mine")
    document = json.loads(shown.out)
    assert document["bundle"] == "exports/mine-onnx-fp32"
    assert document["next"] == "rct verify exports/mine-onnx-fp32"
    assert document["passed"] is True
    assert document["parity"]["pictures"] == 12
    assert document["parity"]["categories"]["red"]["difference"]["max_abs"] <= 1e-5
    manifest = json.loads((tmp_path / "exports" / "mine-onnx-fp32" / "manifest.json").read_text())
    assert document["manifest"] == manifest
    assert manifest["inputs"][0]["shape"] == [2, 64, 64, 3]


def test_verify_finds_nothing_to_say_against_it(rct, exported, tiny_original, images):
    arguments = ["--original", tiny_original.path, "--images", images, "--by-layer", "--json"]
    report = VerificationReport.model_validate_json(rct("verify", exported.path, *arguments).out)
    assert report.passed
    assert report.golden is not None
    assert report.golden.pictures == 6
    assert report.layers is not None
    assert report.layers.departs is None
    names = [row.name for row in report.layers.layers]
    assert {"conv1_conv", "conv2_block1_add", "scores"} <= set(names)


def test_verify_names_the_layer_that_was_tampered_with(rct, exported, tiny_original, images, tmp_path):
    folder = tmp_path / "tampered"
    shutil.copytree(exported.path, folder)
    model = onnx.load(folder / "model.onnx")
    (kernel,) = [tensor for tensor in model.graph.initializer if tensor.name == "conv3_block1_2_conv.kernel"]
    kernel.CopyFrom(numpy_helper.from_array(1.5 * numpy_helper.to_array(kernel), kernel.name))
    onnx.save(model, folder / "model.onnx")
    seal(folder, **exported.manifest.model_dump(exclude={"files", "schema_version"}))

    shown = rct("verify", folder, "--original", tiny_original.path, "--images", images, "--by-layer")
    assert shown.code == 1
    (line,) = [line for line in shown.out.splitlines() if line.endswith("the first to depart")]
    assert line.startswith("conv3_block1_2_conv ")
    assert shown.err.splitlines()[-1].startswith(f"rct: {folder}: does not decide like red-green (")


def test_predict_agrees_with_the_original(rct, exported, tiny_original, images):
    def scores(name):
        rows = [json.loads(line) for line in rct("predict", name, images, "--json").out.splitlines()]
        return np.array([list(row["scores"].values()) for row in rows])

    np.testing.assert_allclose(scores(exported.path), scores(tiny_original.path), atol=1e-5)


@pytest.mark.slow
def test_two_classifiers_on_one_backbone_become_one_bundle(rct, exported, tiny_original, images, tmp_path):
    spec = tiny_spec("blue")
    other = write_original(tmp_path / "blue", randomise(training_form(TINY, spec.labels, 64, 64), seed=1), spec)
    shown = rct("export", tiny_original.path, other.path, "--images", images, "--json", "--quiet")
    assert shown.code == 0, shown.err
    document = json.loads(shown.out)
    assert document["bundle"] == "exports/red-green-blue-onnx-fp32"
    assert list(document["parity"]["categories"]) == ["red", "green", "blue"]
    assert document["manifest"]["parent"]["name"] == "red-green+blue"
    originals = ["--original", other.path, "--original", tiny_original.path]
    shown = rct("verify", document["bundle"], *originals, "--images", images)
    assert shown.code == 0
    assert "was made from another" not in shown.err


def test_inspect_shows_a_clean_graph(rct, exported):
    document = json.loads(rct("inspect", exported.path, "--json").out)
    assert document["graph"]["operators"]["Transpose"] == 1
    assert document["graph"]["operators"]["Cast"] == 1
    assert "BatchNormalization" not in document["graph"]["operators"]
    assert document["graph"]["macs"] > 0
    assert document["graph"]["float_regions"] == []


@pytest.fixture
def own_pictures(tmp_path, pictures):
    """Sixteen generated pictures, as few as a calibration may have."""
    folder = tmp_path / "own"
    folder.mkdir()
    for index in range(16):
        Image.fromarray(pictures[index % 12]).save(folder / f"{index:02}.png")
    return folder


@pytest.mark.parametrize(("bad", "problem"), [("gone", "pictures to calibrate on (got 15)"), ("unreadable", "")])
def test_too_few_pictures_to_calibrate_on(rct, tmp_path, tiny_original, images, own_pictures, bad, problem):
    first = own_pictures / "00.png"
    first.unlink() if bad == "gone" else first.write_bytes(b"not a picture")
    problem = problem or "readable pictures (got 15 of 16)"
    options = ["--quantize", "int8", "--calibrate", own_pictures, "--images", images, "--quiet"]
    shown = rct("export", tiny_original.path, *options)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == f"rct: {own_pictures}: too few {problem}. Give at least 16, better 100 or more.\n"
    assert not list(tmp_path.glob("exports/*"))


def test_what_cannot_be_read_is_not_counted_as_calibrated_on(rct, tiny_original, images, own_pictures):
    (own_pictures / "bad.png").write_bytes(b"not a picture")
    options = ["--quantize", "int8", "--rounding", "nearest", "--calibrate", own_pictures, "--images", images]
    shown = rct("export", tiny_original.path, *options, "--json")
    assert "calibrating on 16 of 17 pictures: the others cannot be read" in shown.err.splitlines()
    manifest = json.loads(shown.out)["manifest"]
    assert manifest["calibration"]["pictures"] == 16
    assert manifest["schema_version"] == "rct.bundle/1"
    assert "refit" not in manifest


@pytest.mark.parametrize(
    ("format_name", "missing", "line"),
    [
        ("openvino", "openvino", "openvino: not installed. pip install 'rct[openvino]'."),
        ("tflite", None, "format tflite: litert-quantizer is not installed. pip install litert-quantizer."),
    ],
)
def test_a_package_that_is_not_installed(rct, monkeypatch, format_name, missing, line):
    def gone(package):
        raise PackageNotFoundError(package)

    if missing:
        monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr("exporters.formats.version", gone)
    shown = rct("export", "--format", format_name, "--quiet")
    assert (shown.code, shown.out, shown.err) == (2, "", f"rct: {line}\n")


def test_a_bundle_that_its_runtime_cannot_run(rct, exported, images, tmp_path):
    folder = tmp_path / "unknown"
    shutil.copytree(exported.path, folder)
    model = onnx.load(folder / "model.onnx")
    model.graph.node[-1].op_type = "Abacus"
    onnx.save(model, folder / "model.onnx")
    seal(folder, **exported.manifest.model_dump(exclude={"files", "schema_version"}))
    shown = rct("predict", folder, images, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {folder}/model.onnx: ONNX Runtime ")
    assert "Abacus" in shown.err
    assert shown.err.count("\n") == 1


def test_an_export_that_resizes_from_end_to_end(rct, tiny_original, images):
    shown = rct("export", tiny_original.path, "--resize-in-graph", "--images", images, "--json", "--quiet")
    assert shown.code == 0, shown.err
    document = json.loads(shown.out)
    assert document["manifest"]["inputs"][0]["shape"] == [None, None, None, 3]
    options = ["--original", tiny_original.path, "--images", images, "--by-layer", "--json", "--quiet"]
    report = VerificationReport.model_validate_json(rct("verify", document["bundle"], *options).out)
    assert report.passed
    assert report.resize is not None
    assert report.resize.scores < 1e-5  # the pictures have the network's size, and pass unchanged
    rows = [json.loads(line) for line in rct("predict", document["bundle"], images, "--json").out.splitlines()]
    assert len(rows) == 12
