import pytest

from models.exchange import exchange


def test_two_folders_change_places(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "was").write_text(name)
    exchanged = exchange(tmp_path / "one", tmp_path / "other")
    found = [(tmp_path / name / "was").read_text() for name in ("one", "other")]
    assert found == (["other", "one"] if exchanged else ["one", "other"])


def test_a_missing_folder(tmp_path):
    (tmp_path / "one").mkdir()
    with pytest.raises(FileNotFoundError):
        exchange(tmp_path / "one", tmp_path / "other")
