"""Golden vectors that are none are refused in a line, whatever the archive holds."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from models.errors import BundleError
from models.golden import Golden

GOOD = {
    "encoded_0": np.zeros(3, np.uint8),
    "decoded_0": np.zeros((4, 5, 3), np.uint8),
    "resized": np.zeros((1, 2, 2, 3), np.uint8),
    "scores": np.zeros((1, 2), np.float32),
}


@pytest.mark.parametrize(
    "changed",
    [
        {"resized": np.zeros((1, 2, 2, 3), np.float32)},
        {"resized": np.uint8(1)},
        {"resized": np.zeros((2, 2, 2, 3), np.uint8)},
        {"decoded_0": np.zeros((4, 5), np.uint8)},
        {"decoded_0": np.array([{}], object)},
        {"scores": np.zeros(2, np.float32)},
        {"scores": np.zeros((1, 2), np.float64)},
        {"scores": np.zeros((2, 2), np.float32)},
        {"bundle_scores": np.zeros((1, 2), np.float64)},
        {"bundle_scores": np.zeros((1, 3), np.float32)},
        {"bundle_scores": np.zeros((2, 2), np.float32)},
    ],
)
def test_arrays_of_another_shape_or_type_are_refused(tmp_path, changed):
    np.savez(tmp_path / "golden.npz", **(GOOD | changed))
    with pytest.raises(BundleError, match="not golden vectors"):
        Golden.load(tmp_path / "golden.npz")


def test_a_good_archive_is_read(tmp_path):
    np.savez(tmp_path / "golden.npz", **GOOD)
    loaded = Golden.load(tmp_path / "golden.npz")
    assert (loaded.encoded, loaded.decoded[0].shape) == ((bytes(3),), (4, 5, 3))
    assert loaded.bundle_scores is None


def test_a_bundles_own_scores_are_kept_beside_the_originals(tmp_path):
    np.savez(tmp_path / "golden.npz", **GOOD)
    own = np.array([[0.25, 1]], np.float32)
    replace(Golden.load(tmp_path / "golden.npz"), bundle_scores=own).save(tmp_path / "own.npz")
    loaded = Golden.load(tmp_path / "own.npz")
    assert np.array_equal(loaded.bundle_scores, own)
    assert np.array_equal(loaded.scores, GOOD["scores"])


def test_an_archive_that_would_grow_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "golden.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("resized.npy")
        archive.writestr(info, b"")
        info.file_size = 2 << 30
    with pytest.raises(BundleError, match="too large"):
        Golden.load(tmp_path / "golden.npz")


def test_an_array_alone_is_refused(tmp_path):
    np.save(tmp_path / "golden.npy", GOOD["resized"])
    with pytest.raises(BundleError, match="not golden vectors"):
        Golden.load(tmp_path / "golden.npy")
