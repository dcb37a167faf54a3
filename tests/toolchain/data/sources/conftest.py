"""Read files that a test writes with one of the sources."""

from dataclasses import dataclass

import pytest

from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.sources import source
from toolchain.settings import read_settings


@dataclass(frozen=True)
class Reading:
    """What a source made of its inputs."""

    items: list[Item]
    problems: dict[str, int]
    places: dict[str, list[str]]


@pytest.fixture
def write(tmp_path):
    """Write a file below the test's folder: text, bytes or lines."""

    def write(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, list):
            content = "".join(f"{line}\n" for line in content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def read():
    """Read with the settings that a command line gives, each "key=value"."""

    def read(name, *inputs, settings=()):
        one, problems = source(name), Problems()
        items = list(one.read(inputs, read_settings(one.Settings, settings, name), problems))
        return Reading(items, problems.counts, problems.examples)

    return read
