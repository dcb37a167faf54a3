"""``rct inspect`` on a bundle, on a classifier, and on ONNX files."""

import json
import zipfile

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.runtimes.null import write_null


@pytest.fixture
def onnx_file(tmp_path):
    weights = numpy_helper.from_array(np.zeros((4, 3, 3, 3), np.float32), "w")
    nodes = [
        helper.make_node("Transpose", ["image"], ["planes"], "planes", perm=[0, 3, 1, 2]),
        helper.make_node("Cast", ["planes"], ["pixels"], "pixels", to=TensorProto.FLOAT),
        helper.make_node("Conv", ["pixels", "w"], ["y"], "conv"),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.UINT8, ["n", 8, 8, 3])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4, 6, 6])
    graph = helper.make_graph(nodes, "g", [image], [result], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)
    onnx.save(model, tmp_path / "small.onnx")
    return tmp_path / "small.onnx"


def test_a_bundle(rct, export):
    bundle = export()
    shown = rct("inspect", bundle.path)
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    for text in ("null, fp32", "CC0-1.0", "stretch to 8 x 6, bilinear", "picture: uint8 [any, 6, 8, 3]", "made from"):
        assert text in shown.out
    assert shown.err == f"Next: rct verify {bundle.path}\n"


def test_a_bundle_as_json(rct, export):
    bundle = export()
    document = json.loads(rct("inspect", bundle.path, "--json").out)
    assert document["manifest"] == json.loads((bundle.path / "manifest.json").read_text())
    assert document["graph"] is None


def test_what_was_refitted(rct, tmp_path, spec):
    red, green = (spec.thresholds[label] for label in ("red", "green"))
    moved = {"slope": 1.25, "intercept": -0.5, "loss_before": 0.2, "loss_after": 0.1}
    moved |= {"thresholds_before": red, "thresholds_after": {"review": 0.3, "block": red.block}}
    same = {"thresholds_before": green, "thresholds_after": green}
    refit = {"method": "platt", "pictures": 100, "sha256": "0" * 64, "categories": {"red": moved, "green": same}}
    shown = rct("inspect", write_null(tmp_path / "refitted", spec, refit=refit).path)
    assert "refitted  red: logit x 1.25 -0.5, review 0.25 to 0.3\n" in shown.out
    assert "          green: nothing; scores and thresholds hold\n" in shown.out


def test_a_classifier_by_its_name(rct):
    shown = rct("inspect", "open_nsfw")
    assert shown.code == 0
    assert "keras, fp32" in shown.out
    assert "BSD-2-Clause" in shown.out


def test_an_onnx_file(rct, onnx_file):
    shown = rct("inspect", onnx_file)
    assert shown.code == 0
    assert "uint8[n, 8, 8, 3]" in shown.out
    assert "left over   1 Transpose, 1 Cast" in shown.out
    assert "13, IR version 7" in shown.out


def test_an_onnx_file_as_json(rct, onnx_file):
    document = json.loads(rct("inspect", onnx_file, "--json").out)
    assert document["manifest"] is None
    assert document["graph"]["operators"] == {"Cast": 1, "Conv": 1, "Transpose": 1}
    assert document["graph"]["parameters"] == 108
    assert document["graph"]["macs"] == 4 * 36 * 27


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "nowhere.onnx",
            "nowhere.onnx: no such file, bundle or classifier. rct models lists the classifiers that we ship.",
        ),
        ("notes.onnx", "notes.onnx: not an ONNX model. Name a .onnx file or a bundle."),
        ("empty", "empty: not a bundle: it has no manifest.json. rct export makes one."),
    ],
)
def test_nothing_to_inspect(rct, tmp_path, name, line):
    (tmp_path / "notes.onnx").write_text("shopping list")
    (tmp_path / "empty").mkdir()
    shown = rct("inspect", name)
    assert (shown.code, shown.out, shown.err) == (2, "", f"rct: {line}\n")


def test_a_damaged_bundle(rct, export):
    bundle = export()
    bundle.model.write_text("{}")
    shown = rct("inspect", bundle.path)
    assert shown.code == 2
    assert "not what the manifest says" in shown.err


def test_a_bundle_that_resizes_by_itself(rct, export):
    shown = rct("inspect", export(any_size=True).path)
    assert "picture: uint8 [any, any, any, 3]" in shown.out
    assert "inside the model" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_a_litert_file_on_its_own(rct, tmp_path):
    about = {"name": "tiny", "labels": ["red"], "thresholds": {"red": {"review": 0.5, "block": 0.9}}}
    path = tmp_path / "model.tflite"
    path.write_bytes(b"\x1c\x00\x00\x00TFL3" + bytes(60))
    shown = rct("inspect", path)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err == (
        f"rct: {path}: a LiteRT model without metadata (got no classifier.json). Name its bundle, or export it again.\n"
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("classifier.json", json.dumps(about))
    assert json.loads(rct("inspect", path, "--json").out)["metadata"] == about
    shown = rct("inspect", path)
    assert shown.code == 0
    assert max(map(len, shown.out.splitlines())) <= 80
    assert '"review": 0.5' in shown.out
