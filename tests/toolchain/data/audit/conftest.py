"""Datasets of generated pictures with a ledger, whose defects are known."""

import pytest
from scenes import save, scene

from toolchain.data.audit.material import gather
from toolchain.data.collection import read_collection
from toolchain.data.ledger import Entry, write_ledger
from toolchain.progress import silent


@pytest.fixture
def entry(tmp_path):
    """Make an entry of the ledger and, unless there is one of its name, its picture: a scene of ``seed``."""
    numbers = iter(range(1000))

    def entry(name, seed=None, *, picture=None, options=None, **fields):
        path = tmp_path / "set" / "pictures" / name
        if not path.exists():
            number = 1000 + next(numbers) if seed is None else seed
            save(picture or scene(number), path, **(options or {}))
        return Entry(**{"key": name, "source": "test", "file": f"pictures/{name}", "licence": "CC0-1.0", **fields})

    return entry


@pytest.fixture
def material(tmp_path):
    """Write the entries as a dataset and gather what checks are given."""

    def material(*entries, **rest):
        write_ledger(tmp_path / "set", entries)
        return gather(read_collection(tmp_path / "set"), 2, silent, **rest)

    return material
