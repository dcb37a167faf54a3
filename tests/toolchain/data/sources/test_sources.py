"""What every source is held to, those that are still to come as well."""

import re

import pytest
from miniatures import MINIATURES

from models.document import Document
from models.errors import UnknownName, UserError
from toolchain.data.problems import Problems
from toolchain.data.source_listing import setting_meanings
from toolchain.data.sources import source, source_names
from toolchain.settings import read_settings


@pytest.fixture(params=source_names())
def name(request):
    return request.param


@pytest.fixture
def miniature(name, tmp_path):
    assert name in MINIATURES, f"write its inputs in miniature in tests/miniatures.py, as {name!r}"
    return MINIATURES[name](tmp_path, lambda path: f"https://pictures.example{path}")


def items_of(name, inputs, settings, problems=None):
    one = source(name)
    return list(one.read(inputs, read_settings(one.Settings, settings, name), problems or Problems()))


def test_a_source_says_what_it_is(name):
    one = source(name)
    assert re.fullmatch(r"\S.{8,58}[^.\s]", one.SUMMARY)
    assert issubclass(one.Settings, Document)
    one.Settings()  # every setting has a default
    assert setting_meanings(one.Settings).keys() == one.Settings.model_fields.keys()


def test_a_miniature_reads_the_same_every_time(name, miniature):
    problems = Problems()
    items = items_of(name, miniature.inputs, miniature.settings, problems)
    assert items == items_of(name, miniature.inputs, miniature.settings)
    assert {item.key: dict(item.labels) for item in items} == miniature.labels
    assert len({item.key for item in items}) == len(items)
    assert problems.counts == {}
    for item in items:
        assert item.file or item.urls
        assert item.split in {"", "train", "val", "test"}
        assert item.rotation in {0, 90, 180, 270}


def test_reading_is_lazy(name, miniature):
    one = source(name)
    items = one.read(miniature.inputs, read_settings(one.Settings, miniature.settings, name), Problems())
    first = next(iter(items))
    assert first.key in miniature.labels
    items.close()


@pytest.mark.parametrize("content", [None, b"", b"\x89PNG\r\n\x1a\n", b"\0" * 600, "é".encode("utf-16")])
def test_what_is_no_input_is_one_line(name, miniature, tmp_path, content):
    path = tmp_path / "odd.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        items_of(name, [path], miniature.settings)
    assert "\n" not in str(caught.value)


def test_no_input_at_all_is_nothing_or_one_line(name, miniature):
    try:
        items = items_of(name, [], miniature.settings)
    except UserError:
        items = []
    assert items == []


def test_there_is_no_such_source():
    with pytest.raises(UnknownName, match=r"^source: unknown name \(got 'imagenet'\). Known: datasets, folder, "):
        source("imagenet")
