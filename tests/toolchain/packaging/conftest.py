"""Bundles to be packaged: how red and how green a picture is, as ONNX that runs or as another format in name."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from models.bundle import Bundle, seal
from models.golden import GOLDEN_FILE, make_golden
from models.runtimes import load_runtime
from models.runtimes.null import write_null
from toolchain.packaging.build import write_package


@pytest.fixture
def golden_pictures(tmp_path):
    """A JPEG that lies on its side, a PNG with transparency, one in 16-bit grey and a flat GIF."""
    chance = np.random.default_rng(3)
    exif = Image.Exif()
    exif[0x0112] = 6
    smooth = Image.fromarray(chance.integers(0, 256, (5, 4, 3), np.uint8)).resize((40, 30), Image.Resampling.BICUBIC)
    folder = tmp_path / "golden-pictures"
    folder.mkdir()
    smooth.save(folder / "0.jpg", exif=exif)
    Image.fromarray(chance.integers(0, 256, (20, 31, 4), np.uint8)).save(folder / "1.png")
    Image.fromarray(chance.integers(0, 1 << 16, (9, 17), np.uint16)).save(folder / "2.png")
    Image.new("RGB", (16, 12), (200, 40, 0)).save(folder / "3.gif")
    return sorted(folder.iterdir())


@pytest.fixture
def bundle_of(tmp_path, spec, golden_pictures):
    """Return a function that makes a bundle of a format; one of ONNX has a model that runs."""

    def bundle_of(bundle_format="onnx", rule=None, name="colours"):
        ours = spec.model_copy(update={"preprocessing": rule}) if rule else spec
        null = write_null(tmp_path / f"{name}-{bundle_format}", ours, name=f"{name}-{bundle_format}-fp32")
        scores = load_runtime(null)
        golden = make_golden(golden_pictures, ours.preprocessing, scores)
        replace(golden, bundle_scores=golden.scores).save(null.path / GOLDEN_FILE)
        (null.path / "MODEL_CARD.md").write_text("# How red\n", "utf-8")
        (null.path / "model.json").unlink()
        model = {"onnx": "model.onnx", "openvino": "model.xml", "saved_model": "model/saved_model.pb"}
        file = null.path / model.get(bundle_format, f"model.{bundle_format}")
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(_onnx(ours.preprocessing) if bundle_format == "onnx" else b"a model")
        fields = null.manifest.model_dump(exclude={"files", "schema_version", "format", "model"})
        seal(null.path, **fields, format=bundle_format, model=file.relative_to(null.path).as_posix())
        return Bundle.open(null.path)

    return bundle_of


@pytest.fixture
def packaged(bundle_of, tmp_path):
    """The package for Python: the folder, beside which its zip lies."""
    write_package(bundle_of(), "python", tmp_path / "package")
    return tmp_path / "package"


def _onnx(rule):
    picture = helper.make_tensor_value_info("picture", TensorProto.UINT8, [None, rule.height, rule.width, 3])
    scores = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [None, 2])
    nodes = [
        helper.make_node("Cast", ["picture"], ["levels"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["levels"], ["colour"], axes=[1, 2], keepdims=0),
        helper.make_node("Gather", ["colour", "two"], ["both"], axis=1),
        helper.make_node("Div", ["both", "white"], ["scores"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([0, 1], np.int64), "two"),
        numpy_helper.from_array(np.array(255, np.float32), "white"),
    ]
    graph = helper.make_graph(nodes, "colours", [picture], [scores], constants)
    stream = BytesIO()
    onnx.save(helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)]), stream)
    return stream.getvalue()
