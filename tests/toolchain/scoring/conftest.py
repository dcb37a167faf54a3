"""Pictures in every kind of input, and what ``rct score`` made of them."""

import io
import tarfile

import pyarrow.dataset
import pytest
from hostile_server import HostileServer, Listening
from PIL import Image


@pytest.fixture
def encoded():
    """Encode a picture of one colour, every pixel of it kept."""

    def encoded(colour):
        content = io.BytesIO()
        Image.new("RGB", (16, 12), colour).save(content, "PNG")
        return content.getvalue()

    return encoded


@pytest.fixture
def table():
    """Read a folder of shards as anybody would, in one call."""
    return lambda folder: pyarrow.dataset.dataset(folder).to_table().to_pylist()


@pytest.fixture
def shard(tmp_path):
    """Write a WebDataset shard."""

    def shard(name, contents):
        path = tmp_path / name
        with tarfile.open(path, "w") as tar:
            for member, content in contents.items():
                info = tarfile.TarInfo(member)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return path

    return shard


@pytest.fixture
def server():
    with Listening(HostileServer()) as server:
        yield server
