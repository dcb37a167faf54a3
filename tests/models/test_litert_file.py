"""What a LiteRT file says of itself, on files that are a head and an archive and no model at all."""

import io
import json
import zipfile

import pytest

from models.errors import BundleError
from models.litert_file import describe_litert, is_litert

HEAD = b"\x1c\x00\x00\x00TFL3" + bytes(60)


@pytest.fixture
def file_with(tmp_path):
    def write(**files):
        content = io.BytesIO()
        content.write(HEAD)
        if files:
            with zipfile.ZipFile(content, "a") as archive:
                for name, text in files.items():
                    archive.writestr(name.replace("_", "."), text)
        path = tmp_path / "model.tflite"
        path.write_bytes(content.getvalue())
        return path

    return write


def test_what_travels_behind_the_model(file_with):
    about = {"name": "tiny", "labels": ["red"], "thresholds": {"red": {"review": 0.5, "block": 0.9}}}
    assert describe_litert(file_with(classifier_json=json.dumps(about))) == about


@pytest.mark.parametrize("files", [{}, {"labels_txt": "red\n"}])
def test_a_file_without_metadata(file_with, files):
    path = file_with(**files)
    assert is_litert(path)
    with pytest.raises(BundleError) as error:
        describe_litert(path)
    assert str(error.value) == (
        f"{path}: a LiteRT model without metadata (got no classifier.json). Name its bundle, or export it again."
    )


@pytest.mark.parametrize("text", ["[1]", "{}", '{"labels": "red"}'])
def test_metadata_of_something_else(file_with, text):
    path = file_with(classifier_json=text)
    with pytest.raises(BundleError) as error:
        describe_litert(path)
    assert str(error.value) == (
        f"{path}: its metadata is not a classifier's (no labels in classifier.json). Export it again."
    )


def test_metadata_that_is_damaged(file_with):
    with pytest.raises(BundleError, match=r"its metadata cannot be read \(.+\)\. Export it again\.$"):
        describe_litert(file_with(classifier_json='{"labels": ['))
    path = file_with(classifier_json='{"labels": ["red"]}')
    path.write_bytes(path.read_bytes().replace(b'"red"', b'"rot"'))
    with pytest.raises(BundleError, match=r"its metadata cannot be read|without metadata"):
        describe_litert(path)


def test_other_files_are_no_litert_models(tmp_path):
    (tmp_path / "notes").write_text("shopping list")
    assert not is_litert(tmp_path / "notes")
    assert not is_litert(tmp_path / "nowhere")
