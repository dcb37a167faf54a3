"""The features of a dataset: computed once, whoever asks, and never lost but for the last file's worth."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.errors import UserError
from models.preprocessing import Preprocessing, Resize, decode, resize
from toolchain.data.dataset import read_dataset
from toolchain.progress import silent
from toolchain.training.features import compute
from toolchain.training.features.cache import FeatureCache, Key, Row
from toolchain.training.features.compute import Way, compute_features
from toolchain.training.features.network import Extractor
from toolchain.training.features.views import Views

RULE = Preprocessing(width=8, height=6, resize=Resize(width=10, height=6))
ROOT = Path(__file__).parents[3]


def means(batch):
    """Three features: the mean colour, in tenths."""
    return (batch.mean((1, 2)) / 10).astype(np.float32)


MEANS = Extractor(means, 3, "means")


@pytest.fixture
def pictures(tmp_path):
    """Fifty noisy pictures of their own sizes, in one labelled folder."""
    chance = np.random.default_rng(0)
    folder = tmp_path / "pictures" / "red"
    folder.mkdir(parents=True)
    for number in range(50):
        pixels = chance.integers(0, 256, (20 + number % 7, 30, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:02}.png")
    return folder.parent


def run(pictures, folder, views=0, threads=2, extractor=MEANS):
    return compute_features(
        read_dataset(pictures, ("red",)), Way(extractor, RULE, Views(views, 7)), folder, threads, silent
    )


def counted(calls):
    def extract(batch):
        calls.append(len(batch))
        return means(batch)

    return Extractor(extract, 3, "means")


def test_features_are_what_the_network_makes_of_each_picture(pictures, tmp_path):
    found = run(pictures, tmp_path / "cache")
    expected = [means(resize(decode(path, RULE), RULE)[None])[0] for path in sorted(pictures.rglob("*.png"))]
    np.testing.assert_array_equal(found.values[:, 0], np.array(expected, np.float16))
    np.testing.assert_array_equal(found.kept, np.arange(50))


def test_neither_order_nor_threads_nor_what_is_there_already_change_them(pictures, tmp_path):
    first = run(pictures, tmp_path / "one", views=3, threads=1)
    half = tmp_path / "half"
    shutil.copytree(pictures, half)
    for number in range(0, 50, 2):
        (half / "red" / f"{number:02}.png").unlink()
    run(half, tmp_path / "two", views=2, threads=3)
    second = run(pictures, tmp_path / "two", views=3, threads=3)
    np.testing.assert_array_equal(first.values, second.values)
    assert len(np.unique(first.values[0], axis=0)) == 4


def test_what_is_known_is_not_computed_again(pictures, tmp_path):
    calls = []
    run(pictures, tmp_path / "cache", extractor=counted(calls))
    assert sum(calls) == 50
    shutil.copy(pictures / "red" / "00.png", pictures / "red" / "copy.png")
    (pictures / "red" / "01.png").rename(pictures / "red" / "moved.png")
    Image.new("RGB", (9, 9)).save(pictures / "red" / "02.png")
    run(pictures, tmp_path / "cache", extractor=counted(calls))
    assert sum(calls) == 51  # the picture that was changed


def test_another_network_or_preprocessing_shares_nothing(pictures, tmp_path):
    calls = []
    run(pictures, tmp_path / "cache", extractor=counted(calls))
    run(pictures, tmp_path / "cache", extractor=replace(counted(calls), digest="another"))
    assert sum(calls) == 100


def test_a_picture_is_turned_as_its_dataset_says(pictures, tmp_path):
    dataset = read_dataset(pictures, ("red",))
    turned = replace(dataset, examples=tuple(replace(one, rotation=90) for one in dataset.examples))
    found = compute_features(turned, Way(MEANS, RULE, Views(0, 0)), tmp_path / "cache", 1, silent)
    first = np.rot90(decode(dataset.examples[0].path, RULE))
    expected = means(resize(np.ascontiguousarray(first), RULE)[None])[0].astype(np.float16)
    np.testing.assert_array_equal(found.values[0, 0], expected)


def test_pictures_that_cannot_be_read_are_left_out_and_not_tried_again(pictures, tmp_path):
    bad = pictures / "red" / "10.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n and then nothing")
    (pictures / "red" / "30.png").write_bytes(b"")
    for _ in range(2):
        found = run(pictures, tmp_path / "cache", views=1)
        assert found.values.shape == (48, 2, 3)
        assert not {10, 30} & {*found.kept.tolist()}
        assert [Path(failure.subject).name for failure in found.failures] == ["10.png", "30.png"]
    assert found.failures[1].problem == "empty (got 0 bytes)"


def test_nothing_can_be_read(tmp_path, pictures):
    for path in pictures.rglob("*.png"):
        path.write_bytes(b"no picture")
    with pytest.raises(UserError, match=r"no picture can be read\. The first: .*00\.png: not a picture"):
        run(pictures, tmp_path / "cache")


def test_a_damaged_file_is_computed_again(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(compute, "_BATCHES_PER_FILE", 1)
    first = run(pictures, tmp_path / "cache")
    files = sorted(tmp_path.rglob("cache/*/*.npy"))
    assert len(files) == 4
    files[0].write_bytes(files[0].read_bytes()[:-1])
    files[1].write_bytes(b"nonsense")
    files[2].write_bytes(b"")  # what a power failure leaves
    calls = []
    again = run(pictures, tmp_path / "cache", extractor=counted(calls))
    np.testing.assert_array_equal(first.values, again.values)
    assert 34 <= sum(calls) <= 48


def test_a_file_that_cannot_be_read_for_now_is_not_thrown_away(tmp_path, monkeypatch):
    cache = FeatureCache(tmp_path, 2)
    cache.write([Row(Key(bytes(32), 0, 0), np.ones(2, np.float32))])

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(np, "load", refused)
        with pytest.raises(UserError, match=r"cannot be read \(Permission denied\)"):
            cache.known()
    assert cache.known() == {Key(bytes(32), 0, 0): ""}


def test_features_beyond_float16_are_refused(tmp_path):
    cache = FeatureCache(tmp_path, 2)
    with pytest.raises(UserError, match="beyond the range of float16"):
        cache.write([Row(Key(bytes(32), 0, 0), np.array([1, 1e6], np.float32))])
    assert not [*tmp_path.iterdir()]


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[3])
import test_features as t
t.compute._BATCHES_PER_FILE = 1
def slow(batch):
    time.sleep(0.2)
    return t.means(batch)
t.run(Path(sys.argv[1]), Path(sys.argv[2]), extractor=t.Extractor(slow, 3, "means"), threads=1)
"""


def test_a_killed_computation_loses_a_file_at_most(pictures, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    arguments = [sys.executable, "-c", KILLED, pictures, cache, Path(__file__).parent]
    process = subprocess.Popen(arguments, env={**os.environ, "PYTHONPATH": str(ROOT)})
    while process.poll() is None and len([*cache.rglob("*.npy")]) < 2:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    monkeypatch.setattr(compute, "_BATCHES_PER_FILE", 1)
    calls = []
    resumed = run(pictures, cache, extractor=counted(calls))
    assert sum(calls) <= 50 - 32
    np.testing.assert_array_equal(resumed.values, run(pictures, tmp_path / "other").values)
