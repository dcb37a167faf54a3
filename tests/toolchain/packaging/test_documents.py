"""The bill of materials and the model card: valid where they are read, and the same whenever they are made."""

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from toolchain.packaging.bom import bill_of_materials
from toolchain.packaging.content import read_content
from toolchain.packaging.model_card import model_card


@pytest.fixture
def content(bundle_of):
    return read_content(bundle_of())


def test_the_bill_of_materials_is_valid_and_names_the_model(content):
    text = bill_of_materials(content)
    assert text == bill_of_materials(content)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text.decode()) is None
    document = json.loads(text)
    assert "timestamp" not in document["metadata"]
    model = document["metadata"]["component"]
    assert (model["type"], model["name"]) == ("machine-learning-model", "colours-onnx-fp32")
    assert model["hashes"] == [{"alg": "SHA-256", "content": content.manifest.files["model.onnx"].sha256}]
    assert model["modelCard"]["modelParameters"]["inputs"] == [{"format": "uint8 [any, 6, 8, 3] picture"}]


def test_another_bundle_has_another_serial_number(bundle_of):
    serials = {json.loads(bill_of_materials(read_content(bundle_of(name=name))))["serialNumber"] for name in ("a", "b")}
    assert len(serials) == 2


def test_the_card_has_a_header_and_the_bundles_own_words(content):
    yaml = pytest.importorskip("yaml", reason="reads the header")
    start, header, body = model_card(content).decode().split("---\n", 2)
    fields = yaml.safe_load(header)
    assert start == ""
    assert fields["license"] == "cc0-1.0"
    assert fields["pipeline_tag"] == "image-classification"
    assert fields["tags"] == ["content-moderation", "onnx", "fp32", "red", "green"]
    assert "| `red` | Mostly red. | 0.25 | 0.75 |" in body
    assert "# How red" in body
