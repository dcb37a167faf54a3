"""The limits on pictures, which each client has in its own language, are those of rct."""

import re

import pytest

from models.container_limits import MAX_SCANS, MAX_STEPS
from models.decoding import MAX_PIXELS, MAX_SIDE
from toolchain.packaging.content import read_content
from toolchain.packaging.rendering import CLIENTS
from toolchain.packaging.targets import target, target_names

PHONES = {"android": 40_000_000, "ios": 40_000_000}  # for their memory
CLIENTS_OF_ALL = ("cpp", "pillow", "web", *PHONES)
SOURCES = {".py", ".hpp", ".cpp", ".js", ".mjs", ".kt", ".swift"}


def defined(folder, name):
    """Return what a constant is set to in the sources of a client; ``MAX_PIXELS`` is ``maxPixels`` in Swift."""
    pattern = re.compile(rf"\b{name.replace('_', '_?')}(?:: \w+)? = ([\d_']+)L?\b", re.IGNORECASE)
    texts = [path.read_text("utf-8") for path in sorted((CLIENTS / folder).rglob("*")) if path.suffix in SOURCES]
    return [int(re.sub("[_']", "", value)) for text in texts for value in pattern.findall(text)]


@pytest.mark.parametrize("folder", CLIENTS_OF_ALL)
def test_a_client_decodes_as_many_pixels_as_rct(folder):
    assert defined(folder, "MAX_PIXELS") == [PHONES.get(folder, MAX_PIXELS)]


@pytest.mark.parametrize("folder", [folder for folder in CLIENTS_OF_ALL if folder not in PHONES])
def test_a_client_takes_sides_as_long_as_rct(folder):
    assert defined(folder, "MAX_SIDE") == [MAX_SIDE]


@pytest.mark.parametrize("folder", CLIENTS_OF_ALL)
def test_a_client_takes_as_many_scans_as_rct(folder):
    assert defined(folder, "MAX_SCANS") == [MAX_SCANS]


@pytest.mark.parametrize("folder", ["cpp", "pillow"])
def test_a_client_takes_as_many_parts_as_rct(folder):
    assert defined(folder, "MAX_PARTS") == [MAX_STEPS]


@pytest.mark.parametrize("name", target_names())
def test_its_readme_names_the_limit(name, bundle_of):
    module = target(name)
    readme = " ".join(module.client(read_content(bundle_of(module.FORMATS[0])))["README.md"].decode().split())
    assert f"{PHONES.get(name, MAX_PIXELS) // 10**6} million pixels" in readme
