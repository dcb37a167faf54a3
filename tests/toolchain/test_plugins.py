"""Plug-ins are found by their files' names, with hyphens, and only what is asked for is imported."""

import sys

import pytest

from models.errors import UnknownName
from toolchain.plugins import load_plugin, plugin_names


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "of_plugins"
    folder.mkdir()
    for name, text in {
        "__init__": "",
        "two_words": "SUMMARY = 'two'",
        "one": "",
        "_shared": "",
        "bad": "1 / 0",
    }.items():
        (folder / f"{name}.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield [str(folder)]
    for name in [name for name in sys.modules if name.partition(".")[0] == "of_plugins"]:
        del sys.modules[name]


def test_names_are_those_of_files_and_nothing_is_imported(package):
    assert plugin_names(package) == ("bad", "one", "two-words")
    assert "of_plugins.bad" not in sys.modules


def test_the_one_asked_for_is_loaded(package):
    assert load_plugin("of_plugins", package, "thing", "two-words").SUMMARY == "two"


@pytest.mark.parametrize("name", ["two_words", "_shared", "three", ""])
def test_a_name_that_there_is_not_is_told_those_that_there_are(package, name):
    with pytest.raises(UnknownName, match=r"^thing: unknown name .* Known: bad, one, two-words\.$"):
        load_plugin("of_plugins", package, "thing", name)
