"""What is in a package for C++, without a compiler."""

from dataclasses import replace

import numpy as np
import pytest

from models.golden import GOLDEN_FILE, Golden
from toolchain.packaging.content import read_content
from toolchain.packaging.targets import cpp

ALWAYS = {"CMakeLists.txt", "README.md", "contract.txt", "main.cpp"}


@pytest.mark.parametrize(
    ("format_name", "runtimes"),
    [
        ("openvino", {"openvino.cpp"}),
        ("onnx", {"onnxruntime.cpp", "opencv.cpp", "opencv_model.py"}),
        ("tflite", {"litert.cpp"}),
    ],
)
def test_only_the_runtimes_of_the_bundles_format_are_packaged(as_format, format_name, runtimes):
    content = read_content(as_format(format_name))
    files = cpp.client(content)
    assert {path for path in files if path.startswith("runtimes/")} == {f"runtimes/{name}" for name in runtimes}
    assert set(files) >= ALWAYS
    assert cpp.client(content) == files


def test_opencv_is_not_offered_for_int8(as_format):
    content = read_content(as_format("onnx"))
    manifest = content.manifest.model_copy(update={"recipe": "int8"})
    files = cpp.client(replace(content, bundle=replace(content.bundle, manifest=manifest)))
    assert not any("opencv" in path for path in files)
    assert b"OpenCV" not in files["README.md"]
    assert b"opencv" not in files["README.md"]


def test_no_source_has_two_hundred_lines(as_format):
    files = cpp.client(read_content(as_format("onnx")))
    lengths = {path: file.count(b"\n") for path, file in files.items() if path.endswith((".cpp", ".hpp", ".py"))}
    assert len(lengths) >= 10
    assert max(lengths.values()) < 200


def test_the_contract_says_what_the_manifest_says(as_format):
    bundle = as_format("onnx", any_size=True)
    text = cpp.contract(read_content(bundle))
    scores = " ".join(map(repr, read_content(bundle).golden.scores[0].tolist()))
    digest = bundle.manifest.files["model.json"].sha256
    size = (bundle.path / "model.json").stat().st_size
    tensors = f"{bundle.manifest.inputs[0].name} {bundle.manifest.outputs[0].name}"
    lines = text.splitlines()
    assert lines[:2] == ["rct.contract/1", f"model onnx model/model.json {tensors} 1"]
    assert f"file {size} {digest} model/model.json" in lines
    assert lines[-8:] == [
        "resize 8 6 bilinear stretch",
        "crop 8 6",
        "exif_rotation 1",
        "background 255 255 255",
        "category red 0.25 0.75",
        "category green 0.5 0.5",
        "tolerance 4 1 1e-05 0.00101",
        f"golden 0.png 0.decoded.ppm 0.resized.ppm {scores}",
    ]


@pytest.mark.parametrize(("recipe", "limit"), [("fp32", "1e-05"), ("int8", "0.02")])
def test_the_contract_has_the_bundles_own_scores_if_there_are_any(as_format, recipe, limit):
    bundle = as_format("onnx", recipe=recipe)
    plain = cpp.contract(read_content(bundle)).splitlines()
    own = replace(Golden.load(bundle.path / GOLDEN_FILE), bundle_scores=np.array([[0.5, 0.125]], np.float32))
    own.save(bundle.path / GOLDEN_FILE)
    lines = cpp.contract(read_content(bundle)).splitlines()
    assert [line for line in lines if line not in plain] == [f"bundle_tolerance {limit}", "bundle_scores 0.5 0.125"]
    assert lines[-1] == "bundle_scores 0.5 0.125"
