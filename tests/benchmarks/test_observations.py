"""The run: batches in, raw scores out, kept in a file and found again."""

import numpy as np
import pytest

from benchmarks.observations import Observations, observe
from models.errors import UserError


def brightness(batch):
    """A classifier of two categories: how red, and how green."""
    return (batch.mean(axis=(1, 2))[:, :2] / 255).astype(np.float32)


def doubled(batch):
    return brightness(batch) * 2


def batches(*sizes):
    rng = np.random.default_rng(0)
    for size in sizes:
        yield rng.integers(0, 256, (size, 4, 4, 3), dtype=np.uint8)


def test_scores_of_all_batches_are_joined_in_order():
    observed = observe(brightness, doubled, batches(3, 2), ids=["a", "b", "c", "d", "e"])
    pictures = np.concatenate(list(batches(3, 2)))
    np.testing.assert_array_equal(observed.original, brightness(pictures))
    np.testing.assert_array_equal(observed.candidate, doubled(pictures))
    assert observed.ids == ("a", "b", "c", "d", "e")
    assert observed.truth is None


def test_pictures_without_names_are_numbered():
    assert observe(brightness, brightness, batches(1, 2)).ids == ("0", "1", "2")


def test_scores_of_other_types_become_float32():
    observed = observe(brightness, lambda batch: brightness(batch).astype(np.float16), batches(2))
    assert observed.candidate.dtype == np.float32


@pytest.mark.parametrize("labelled", [True, False])
def test_what_is_saved_is_found_again(tmp_path, labelled):
    truth = np.array([[True, False], [False, False]]) if labelled else None
    ids = ("plage d'été.jpg", "图/b.png")
    observed = Observations(np.float32([[0.1, np.nan], [1e-30, 1]]), np.float32([[0, 1], [2, -3]]), ids, truth)
    file = tmp_path / "kept"
    observed.save(file)
    found = Observations.load(file)
    np.testing.assert_array_equal(found.original, observed.original)
    np.testing.assert_array_equal(found.candidate, observed.candidate)
    assert found.ids == observed.ids
    assert (found.truth is None) == (truth is None)
    assert truth is None or np.array_equal(found.truth, truth)


def test_no_pictures_are_refused():
    with pytest.raises(
        UserError, match=r"^pictures: none to compare on \(got 0 batches\)\. Give at least one picture\.$"
    ):
        observe(brightness, brightness, [])


def test_a_candidate_of_other_categories_is_refused():
    with pytest.raises(UserError) as refused:
        observe(brightness, lambda batch: brightness(batch)[:, :1], batches(3))
    assert str(refused.value) == (
        "scores of the candidate: not shaped like the original's (got [3, 1], not [3, 2]). "
        "Compare classifiers with the same categories."
    )


@pytest.mark.parametrize("broken", [lambda batch: brightness(batch)[:1], lambda batch: brightness(batch)[:, 0]])
def test_a_classifier_that_loses_pictures_is_refused(broken):
    with pytest.raises(UserError, match=r"^scores of the original: not one row of scores for each picture \(got \["):
        observe(broken, brightness, batches(3))


def test_categories_that_change_from_batch_to_batch_are_refused():
    with pytest.raises(UserError, match=r"^scores of the original: another number of categories .*\(got 1, 2\)"):
        observe(lambda batch: brightness(batch)[:, : len(batch)], brightness, batches(2, 1))


@pytest.mark.parametrize(
    ("ids", "truth", "message"),
    [
        (["a"], None, "picture ids: not one for each picture (got 1 for 2). Match them."),
        (["a", "a"], None, "picture ids: one occurs twice (got 'a'). Give every picture its own."),
        (
            None,
            np.zeros((2, 1), bool),
            "labels: not shaped like the scores (got [2, 1], not [2, 2]). Give one for each picture and category.",
        ),
    ],
)
def test_names_and_labels_must_fit(ids, truth, message):
    with pytest.raises(UserError) as refused:
        observe(brightness, brightness, batches(2), ids=ids, truth=truth)
    assert str(refused.value) == message


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04 broken"])
def test_a_file_that_is_not_ours_is_refused_in_one_line(tmp_path, content):
    file = tmp_path / "observations.npz"
    file.write_bytes(content)
    with pytest.raises(
        UserError, match=r"^[^\n]*observations\.npz: not saved observations \([^\n]*\)\. Observe again\.$"
    ):
        Observations.load(file)


def test_a_file_that_is_missing_or_of_others_is_refused(tmp_path):
    with pytest.raises(UserError, match="not saved observations"):
        Observations.load(tmp_path / "none.npz")
    np.savez(tmp_path / "other.npz", scores=np.zeros(3))
    with pytest.raises(UserError, match="not saved observations"):
        Observations.load(tmp_path / "other.npz")
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(UserError, match="not saved observations"):
        Observations.load(tmp_path / "array.npy")


def test_a_place_that_cannot_be_written_is_refused(tmp_path):
    observed = observe(brightness, brightness, batches(1))
    with pytest.raises(UserError, match=r"cannot be written \(No such file or directory\)"):
        observed.save(tmp_path / "nowhere" / "observations.npz")
