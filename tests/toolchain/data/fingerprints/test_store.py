"""Fingerprints are taken once: found again by content, kept while the work goes on, never believed when damaged."""

import pytest
from scenes import save, scene

from toolchain.data.fingerprints import store as storing
from toolchain.data.fingerprints.fingerprint import take
from toolchain.data.fingerprints.store import read_store, take_all
from toolchain.progress import silent


@pytest.fixture
def paths(tmp_path):
    return [save(scene(seed), tmp_path / f"{seed}.png") for seed in range(6)]


@pytest.fixture
def taken(monkeypatch):
    """The paths that were looked at, not found again."""
    seen = []
    monkeypatch.setattr(storing, "take", lambda path: seen.append(path) or take(path))
    return seen


def test_rows_are_in_order_and_are_found_again_by_content(tmp_path, paths, taken):
    store = tmp_path / ".audit" / "rows.npy"
    first = take_all(paths, store, 2, silent)
    assert [row.tobytes() for row in first] == [take(path).tobytes() for path in paths]
    assert sorted(taken) == paths
    taken.clear()
    renamed = paths[0].rename(tmp_path / "other.png")
    save(scene(99), paths[1])
    again = take_all([paths[5], renamed, paths[1]], store, 2, silent)
    assert taken == [paths[1]]
    assert again[:2].tobytes() == first[[5, 0]].tobytes()


@pytest.mark.parametrize(("by", "limit", "kept"), [("_PICTURES", 2, 4), ("_SECONDS", 0.0, 5)])
def test_what_was_taken_is_kept_when_the_work_is_broken_off(tmp_path, paths, monkeypatch, by, limit, kept):
    """Written after every second picture, or each time that no time has passed."""
    monkeypatch.setattr(storing, f"{by}_BETWEEN_WRITES", limit)
    store = tmp_path / "rows.npy"

    def broken_off(text, *, done=0, total=None, note=""):
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take_all(paths, store, 1, broken_off)
    assert len(read_store(store)) == kept


def test_a_damaged_store_counts_for_nothing_and_is_written_again(tmp_path, paths):
    store = tmp_path / "rows.npy"
    take_all(paths, store, 1, silent)
    store.write_bytes(store.read_bytes()[:-10])
    assert len(read_store(store)) == 0
    take_all(paths, store, 1, silent)
    assert len(read_store(store)) == len(paths)


def test_where_nothing_can_be_kept_the_work_goes_on(tmp_path, paths):
    blocked = tmp_path / "file"
    blocked.touch()
    assert len(take_all(paths, blocked / "rows.npy", 1, silent)) == len(paths)
