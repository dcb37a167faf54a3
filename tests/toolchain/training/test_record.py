"""How a classifier was trained, as another is told to be trained."""

import json

import pytest

from models.bundle import seal
from models.classifier import keras_fields
from toolchain.settings import read_settings
from toolchain.training.recipes import recipe
from toolchain.training.record import RECORD_FILE, TrainingRecord, read_record
from toolchain.training.train import Request

RECORD = TrainingRecord(recipe="heads", backbone="open_nsfw", seed=7, settings={"taps": ["conv4"], "members": 3})


@pytest.fixture
def trained(tiny_original, tmp_path):
    """Put ``text`` beside an original as the record of its training."""

    def trained(text):
        folder = tmp_path / "trained"
        folder.mkdir()
        for file in tiny_original.path.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        (folder / RECORD_FILE).write_text(text)
        seal(folder, **keras_fields(tiny_original.manifest.spec))
        return str(folder)

    return trained


def test_what_is_written_reads_back(trained):
    assert read_record(trained(RECORD.text())) == RECORD


def test_settings_go_the_way_of_the_command_line():
    kind = recipe("heads").Settings
    settings = kind(members=3, unread=["conv5_block3_out"], threads=None)
    record = RECORD.model_copy(update={"settings": settings.model_dump(mode="json")})
    assert read_settings(kind, record.given, "heads") == settings


def test_a_request_takes_everything_over(tmp_path):
    request = Request(("red",), tmp_path, seed=1, weights="w").like(RECORD)
    assert request == Request(("red",), tmp_path, "heads", "open_nsfw", "w", ('taps=["conv4"]', "members=3"), seed=7)


def test_a_classifier_that_does_not_say(rct, coloured, tiny_original):
    shown = rct("train", "red", "--data", coloured, "--like", tiny_original.path)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        f"rct: {tiny_original.path}: doesn't say how it was trained (no training.json). "
        "Give --recipe and --set yourself."
    )


def test_a_record_of_another_form(rct, coloured, trained):
    folder = trained(json.dumps({**RECORD.model_dump(), "schema_version": "rct.training/9"}))
    shown = rct("train", "red", "--data", coloured, "--like", folder)
    assert shown.code == 2
    assert f"rct: {folder}/training.json: schema_version: Input should be 'rct.training/1'" in shown.err


def test_another_recipe_beside_it(rct, coloured, trained):
    folder = trained(RECORD.text())
    shown = rct("train", "red", "--data", coloured, "--like", folder, "--recipe", "fine-tune")
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        f"rct: --recipe: {folder} was trained by heads (got fine-tune). Leave one out."
    )
