"""``rct package verify`` on packages that somebody packed again: every digest holds, and something else does not."""

import json

import numpy as np
import pytest
from rezipped import contents_in, listed_anew, rezip

from models.bundle import Bundle, seal
from toolchain.packaging.unpacking import unpack


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda model: (model / "model.onnx").write_bytes(b"x"), "model/model.onnx: not what the manifest says"),
        (lambda model: (model / "model.onnx").unlink(), "model: a file is missing (got no model.onnx)"),
        (lambda model: (model / "manifest.json").write_text("{}"), "model/manifest.json: "),
        (lambda model: reseal(model, b"x"), "model/golden.npz: not golden vectors"),
        (lambda model: reseal(model, None), "model/golden.npz: not golden vectors"),
    ],
)
@pytest.mark.parametrize("zipped", [True, False])
def test_a_bundle_that_is_none_is_named_after_its_package(rct, packaged, tmp_path, damage, problem, zipped):
    damage(packaged / "model")
    archive = listed_anew(packaged, tmp_path / "again.zip")
    package = archive if zipped else packaged
    shown = rct("package", "verify", package, "--quiet")
    assert (shown.code, shown.out, shown.err.count("\n")) == (2, "", 1)
    assert shown.err.startswith(f"rct: {package}: {problem}")
    assert shown.err.endswith(". Do not use the package; get it again.\n")
    assert "rct-package-" not in shown.err


def reseal(model, golden):
    """Replace a bundle's golden vectors, or take them away, under a manifest that holds."""
    fields = Bundle.open(model).manifest.model_dump(exclude={"files", "schema_version"})
    (model / "golden.npz").unlink()
    if golden is not None:
        (model / "golden.npz").write_bytes(golden)
    seal(model, **fields)


def test_a_size_in_the_zip_that_is_not_the_listed_one_is_not_unpacked(packaged, tmp_path):
    (packaged / "README.md").write_bytes(b"short")
    (packaged / "MODEL_CARD.md").write_bytes((packaged / "MODEL_CARD.md").read_bytes() + b"!")
    archive = rezip(packaged, tmp_path / "t.zip")
    (tmp_path / "out").mkdir()
    assert unpack(archive, tmp_path / "out") == {"README.md", "MODEL_CARD.md"}
    there = {name for name, _ in contents_in(tmp_path / "out")}
    assert there == {name for name, _ in contents_in(packaged)} - {"README.md", "MODEL_CARD.md"}


def test_files_of_another_size_are_altered_not_missing(rct, packaged, tmp_path):
    (packaged / "README.md").write_bytes(b"short")
    report = json.loads(rct("package", "verify", rezip(packaged, tmp_path / "t.zip"), "--json", "-q").out)
    assert (report["altered"], report["missing"]) == (["README.md"], [])


def golden_document(package, **changes):
    path = package / "golden" / "golden.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


@pytest.mark.parametrize(
    ("change", "strange"),
    [
        (lambda package: (package / "golden/0.decoded.ppm").write_bytes(b"P6"), ["golden/0.decoded.ppm"]),
        (lambda package: (package / "golden/1.png").unlink(), ["golden/1.png"]),
        (lambda package: (package / "golden/9.png").write_bytes(b""), ["golden/9.png"]),
        (lambda package: golden_document(package, categories=["green", "red"]), ["golden/golden.json"]),
        (lambda package: golden_document(package, pictures=[]), ["golden/golden.json"]),
        (lambda package: (package / "golden/golden.json").write_text("["), ["golden/golden.json"]),
        (lambda package: golden_document(package, tolerance={"decoded": 5}), []),
    ],
)
def test_golden_files_are_compared_with_the_bundles_golden_vectors(rct, packaged, tmp_path, change, strange):
    change(packaged)
    shown = rct("package", "verify", listed_anew(packaged, tmp_path / "again.zip"), "--json", "-q")
    report = json.loads(shown.out)
    assert (report["strange"], report["passed"], shown.code) == (strange, not strange, 1 if strange else 0)
    assert report["failures"] == [f"{path} is not what model/golden.npz says" for path in strange]


def test_a_model_is_held_to_the_scores_that_it_was_exported_with(rct, bundle_of):
    bundle = bundle_of()
    golden = dict(np.load(bundle.path / "golden.npz"))
    golden["bundle_scores"] = golden["scores"] + np.float32(0.001)
    np.savez(bundle.path / "golden.npz", **golden)
    seal(bundle.path, **bundle.manifest.model_dump(exclude={"files", "schema_version"}))
    rct("package", bundle.path, "-t", "python", "-o", "off")
    shown = rct("package", "verify", "off.zip", "--json", "-q")
    assert shown.code == 1
    assert json.loads(shown.out)["failures"] == [
        "onnxruntime: golden scores and those that it was exported with differ by 0.001 (limit 1e-05)"
    ]
