"""The manifest is a document: one text, plain values, nothing unknown."""

import hashlib
import json

import pytest
from pydantic import ValidationError

from models.manifest import Calibration, FileEntry, Manifest, Parent, Refit, RefittedCategory, Tensor, file_sha256


@pytest.fixture
def manifest(spec):
    return Manifest(
        name="tiny",
        format="onnx",
        recipe="int8",
        spec=spec,
        model="model.onnx",
        inputs=(Tensor(name="picture", dtype="uint8", shape=(None, 6, 8, 3)),),
        outputs=(Tensor(name="scores", dtype="float32", shape=(None, 2)),),
        files={"model.onnx": FileEntry(bytes=3, sha256=hashlib.sha256(b"abc").hexdigest())},
        parent=Parent(name="tiny", sha256="0" * 64),
        calibration=Calibration(method="minmax", pictures=100, sha256="1" * 64),
        minimum_runtime={"onnxruntime": "1.17"},
        details={"opset": 20, "float_layers": ["head"], "per_channel": True},
        tools={"onnx": "1.23.2"},
    )


def test_text_and_back(manifest):
    assert Manifest.model_validate_json(manifest.to_json()) == manifest
    assert Manifest.model_validate_json(manifest.to_json()).to_json() == manifest.to_json()


def test_the_text_is_json_of_plain_values(manifest):
    document = json.loads(manifest.to_json())
    assert document["schema_version"] == "rct.bundle/1"
    assert document["inputs"] == [{"name": "picture", "dtype": "uint8", "shape": [None, 6, 8, 3]}]
    assert document["spec"]["thresholds"]["red"] == {"review": 0.25, "block": 0.75}
    assert [category["name"] for category in document["spec"]["categories"]] == ["red", "green"]


@pytest.fixture
def refit(spec):
    red, green = (spec.thresholds[label] for label in ("red", "green"))
    moved = RefittedCategory(
        slope=1.1, intercept=-0.2, loss_before=0.02, loss_after=0.01, thresholds_before=red, thresholds_after=green
    )
    same = RefittedCategory(thresholds_before=green, thresholds_after=green)
    return Refit(method="platt", pictures=100, sha256="1" * 64, categories={"red": moved, "green": same})


def test_a_refit_is_version_2_and_comes_back(manifest, refit):
    refitted = Manifest(**manifest.model_dump(exclude={"schema_version"}), refit=refit)
    assert refitted.schema_version == "rct.bundle/2"
    assert Manifest.model_validate_json(refitted.to_json()) == refitted
    document = json.loads(refitted.to_json())["refit"]
    assert document["categories"]["red"]["slope"] == 1.1
    assert document["categories"]["red"]["thresholds_after"] == {"review": 0.5, "block": 0.5}
    assert document["categories"]["green"]["loss_before"] is None
    assert refitted.refit.moves_scores


def test_version_1_has_no_such_key(manifest):
    assert "refit" not in json.loads(manifest.to_json())
    assert manifest.refit is None


@pytest.mark.parametrize("version", ["rct.bundle/1", "rct.bundle/2"])
def test_a_refit_belongs_to_version_2_alone(manifest, refit, version):
    document = {**manifest.model_dump(), "schema_version": version}
    if version == "rct.bundle/1":
        document["refit"] = refit.model_dump()
    with pytest.raises(ValidationError, match=rf"refit belongs to rct.bundle/2, .* \(got {version}\)"):
        Manifest.model_validate(document)


@pytest.mark.parametrize("change", [{"slope": 0.0}, {"slope": -1.0}, {"intercept": float("nan")}, {"loss_after": -1.0}])
def test_a_refit_that_cannot_be(refit, change):
    with pytest.raises(ValidationError):
        RefittedCategory.model_validate({**refit.categories["red"].model_dump(), **change})


def test_nothing_of_python_shows(manifest):
    assert "models." not in manifest.to_json()
    assert "__" not in manifest.to_json()


def test_the_digest_follows_every_field(manifest):
    changed = manifest.model_copy(update={"recipe": "fp32"})
    assert changed.sha256 != manifest.sha256
    assert manifest.sha256 == hashlib.sha256(manifest.to_json().encode()).hexdigest()


def test_it_cannot_be_changed(manifest):
    with pytest.raises(ValidationError, match="frozen"):
        manifest.name = "other"


def test_it_has_a_published_schema():
    schema = Manifest.model_json_schema()
    assert schema["additionalProperties"] is False
    assert {"name", "format", "recipe", "spec", "model", "inputs", "outputs", "files"} <= set(schema["required"])
    assert "refit" not in schema["required"]
    assert {"method", "pictures", "sha256", "categories"} == set(schema["$defs"]["Refit"]["required"])
    assert schema["$defs"]["RefittedCategory"]["additionalProperties"] is False


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_details_have_no_number_that_json_lacks(manifest, value):
    with pytest.raises(ValidationError):
        Manifest.model_validate({**manifest.model_dump(), "details": {"scale": value}})


def test_a_files_digest(tmp_path):
    (tmp_path / "file").write_bytes(b"abc")
    assert file_sha256(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
