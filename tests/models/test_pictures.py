"""Files, folders and patterns become pictures; pictures become batches, the bad ones apart."""

import os
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.errors import UserError
from models.pictures import Batch, find_pictures, read_batches, read_labels
from models.preprocessing import Preprocessing, Resize, read_picture

RULE = Preprocessing(width=8, height=6, resize=Resize(width=8, height=6))


def draw(file: Path, shade: int = 0, size: tuple[int, int] = (8, 6)) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (shade, shade, shade)).save(file, "PNG")
    return file


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.png", "a.PNG", "deep/er/c.jpg", "deep/d.webp", ".hidden.png", ".cache/e.png", "[1].png"):
        draw(tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*arguments: str | Path) -> list[str]:
    return [path.as_posix() for path in find_pictures(arguments)]


def test_a_folder_is_walked_sorted_without_hidden_files_and_other_files(tree: Path) -> None:
    assert found(".") == ["[1].png", "a.PNG", "b.png", "deep/d.webp", "deep/er/c.jpg"]
    assert found(tree / "deep") == [f"{tree}/deep/d.webp", f"{tree}/deep/er/c.jpg"]


def test_a_file_is_taken_whatever_it_is_called(tree: Path) -> None:
    assert found("notes.txt", ".hidden.png", "[1].png") == ["notes.txt", ".hidden.png", "[1].png"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.png", ["[1].png", "b.png"]),
        ("*", ["[1].png", "a.PNG", "b.png"]),
        ("**/*", ["[1].png", "a.PNG", "b.png", "deep/d.webp", "deep/er/c.jpg"]),
        ("deep/**/*.jpg", ["deep/er/c.jpg"]),
        ("**/[cd].*", ["deep/d.webp", "deep/er/c.jpg"]),
        ("?.png", ["b.png"]),
    ],
)
def test_patterns(tree: Path, pattern: str, expected: list[str]) -> None:
    assert found(pattern) == expected


def test_each_file_once_in_the_order_of_the_arguments(tree: Path) -> None:
    assert found("deep", "b.png", ".", f"{tree}/b.png", "deep/../b.png") == [
        *("deep/d.webp", "deep/er/c.jpg", "b.png"),
        *("[1].png", "a.PNG"),
    ]


def test_no_argument_is_no_picture() -> None:
    assert find_pictures([]) == []


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("no.png", "no.png: no such file or folder."),
        ("no/such", "no/such: no such file or folder."),
        ("a\0b", "a\0b: no such file or folder."),
        ("", "'': an empty name is no picture."),
        ("empty", "empty: no picture in this folder. Looked for .apng, .bmp, .gif, .jfif, .jpe, .jpeg, .jpg, .png"),
        ("*.gif", "*.gif: no picture matches. Looked for .apng, .bmp, .gif, .jfif, .jpe, .jpeg, .jpg, .png, .tif"),
        ("*.txt", "*.txt: no picture matches. Looked for "),
        ("x" * 300, f"{'x' * 300}: cannot be read (File name too long)."),
    ],
)
def test_what_is_not_there_is_refused(tree: Path, argument: str, message: str) -> None:
    with pytest.raises(UserError) as caught:
        find_pictures(["b.png", argument])
    assert str(caught.value).startswith(message)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_folder_is_refused_not_skipped(tree: Path) -> None:
    (tree / "deep").chmod(0)
    with pytest.raises(UserError, match=r"deep: cannot be read \(Permission denied\)"):
        find_pictures(["."])
    (tree / "deep").chmod(0o700)


def test_links_that_go_round_in_circles_end(tree: Path) -> None:
    (tree / "deep" / "round").symlink_to(tree, target_is_directory=True)
    assert found("deep") == ["deep/d.webp", "deep/er/c.jpg"]


def shades(batch: Batch) -> list[int]:
    return batch.pixels[:, 0, 0, 0].tolist()


def test_batches_keep_the_order(tmp_path: Path) -> None:
    sizes = [(8, 6), (900, 700), (30, 20)]  # the large ones take longer, and must not be overtaken
    paths = [draw(tmp_path / f"{i}.png", i, sizes[i % 3]) for i in range(11)]
    batches = list(read_batches(paths, RULE, batch_size=4, threads=3))
    assert [len(batch.paths) for batch in batches] == [4, 4, 3]
    assert [path for batch in batches for path in batch.paths] == paths
    assert [shade for batch in batches for shade in shades(batch)] == list(range(11))
    assert all(batch.pixels.shape[1:] == (6, 8, 3) and batch.pixels.dtype == np.uint8 for batch in batches)
    assert all(batch.failures == () for batch in batches)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 12, 13, 100])
@pytest.mark.parametrize("threads", [1, 4])
def test_bad_pictures_are_reported_and_the_others_go_on(tmp_path: Path, batch_size: int, threads: int) -> None:
    paths = [draw(tmp_path / f"{i}.png", i) for i in range(12)]
    bad = {0, 4, 5, 6, 7, 11}
    for i in bad:
        paths[i].write_bytes(b"" if i % 2 else b"nonsense")
    batches = list(read_batches(paths, RULE, batch_size, threads))
    assert [shade for batch in batches for shade in shades(batch)] == [1, 2, 3, 8, 9, 10]
    assert all(len(batch.paths) == batch_size for batch in batches[:-1])
    assert [path for batch in batches for path, _ in batch.failures] == [paths[i] for i in sorted(bad)]
    messages = [str(error) for batch in batches for _, error in batch.failures]
    assert messages[2] == f"{paths[5]}: empty (got 0 bytes)."
    assert messages[1].startswith(f"{paths[4]}: not a picture")


def test_only_bad_pictures_are_one_empty_batch(tmp_path: Path) -> None:
    (tmp_path / "bad.png").touch()
    (batch,) = read_batches([tmp_path / "bad.png"], RULE, batch_size=2)
    assert batch.pixels.shape == (0, 6, 8, 3)
    assert len(batch.failures) == 1


def test_nothing_is_no_batch() -> None:
    assert list(read_batches([], RULE, batch_size=2)) == []


def test_reading_runs_at_most_two_batches_ahead(tmp_path: Path) -> None:
    path = draw(tmp_path / "one.png")
    asked = 0

    def many() -> NDArray:
        nonlocal asked
        for _ in range(1000):
            asked += 1
            yield path

    batches = read_batches(many(), RULE, batch_size=5)
    for number in range(1, 4):
        next(batches)
        assert 5 * number <= asked <= 5 * number + 10
    batches.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("pictures")]


def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path) -> None:
    large = Preprocessing(width=256, height=256, resize=Resize(width=256, height=256))
    path = draw(tmp_path / "one.png")
    tracemalloc.start()
    for _ in read_batches([path] * 200, large, batch_size=4):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * 256 * 256 * 3  # of 200: 8 ahead, a few batches, working memory


def test_pixels_are_those_of_read_picture(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (50, 40, 3), dtype=np.uint8)).save(path)
    (batch,) = read_batches([path], RULE, batch_size=8)
    assert np.array_equal(batch.pixels[0], read_picture(path, RULE))


def test_labels_come_from_the_first_folder(tmp_path: Path) -> None:
    for name in ("cartoon/a.png", "cartoon/more/b.png", "photo/c.png", "Cartoon2/d.png"):
        draw(tmp_path / name)
    labels = read_labels(tmp_path, ("adult", "cartoon"))
    assert labels is not None
    assert list(labels) == find_pictures([tmp_path])
    assert {path.relative_to(tmp_path).as_posix(): label for path, label in labels.items()} == {
        "cartoon/a.png": "cartoon",
        "cartoon/more/b.png": "cartoon",
        "photo/c.png": "photo",
        "Cartoon2/d.png": "Cartoon2",
    }


def test_without_a_folder_named_like_a_category_there_are_no_labels(tmp_path: Path) -> None:
    draw(tmp_path / "a.png")
    assert read_labels(tmp_path, ("adult",)) is None
    draw(tmp_path / "2024" / "b.png")
    assert read_labels(tmp_path, ("adult",)) is None


def test_a_picture_beside_the_labelled_folders_is_refused(tmp_path: Path) -> None:
    draw(tmp_path / "adult" / "a.png")
    draw(tmp_path / "b.png")
    with pytest.raises(UserError) as caught:
        read_labels(tmp_path, ("adult",))
    assert str(caught.value) == (
        f"{tmp_path / 'b.png'}: a picture beside the labelled folders. Move it into one of them."
    )


def test_labels_of_no_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        read_labels(tmp_path / "no", ("adult",))
    with pytest.raises(UserError, match="no picture in this folder"):
        read_labels(tmp_path, ("adult",))


def test_another_way_of_reading_is_asked_for_each_picture_and_its_errors_are_failures(tmp_path: Path) -> None:
    files = [draw(tmp_path / f"{shade}.png", shade) for shade in (10, 20)]
    (tmp_path / "bad.png").write_text("not a picture")

    def negative(path: Path, rule: Preprocessing) -> NDArray[np.uint8]:
        return 255 - read_picture(path, rule)

    (batch,) = read_batches([*files, tmp_path / "bad.png"], RULE, 4, read=negative)
    assert batch.pixels[:, 0, 0, 0].tolist() == [245, 235]
    assert [path.name for path, _ in batch.failures] == ["bad.png"]
