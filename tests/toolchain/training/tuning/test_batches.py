"""Batches: order, masks, and that what is drawn depends on seed, epoch and place alone."""

from functools import partial

import numpy as np
import pytest
from PIL import Image

from models.preprocessing import Preprocessing, Resize, read_picture
from toolchain.data.dataset import Dataset, Example
from toolchain.training.tuning.batches import Batches, as_dataset
from toolchain.training.tuning.graph import PICTURES, SHARE
from toolchain.training.tuning.mixing import Mixing
from toolchain.training.tuning.views import Views

RULE = Preprocessing(width=16, height=12, resize=Resize(width=16, height=12))
PLAIN = Views(flip=False)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seven")
    chance = np.random.default_rng(0)
    for number in range(7):
        Image.fromarray(chance.integers(0, 256, (12, 16, 3)).astype(np.uint8)).save(folder / f"{number}.png")
    (folder / "3.png").write_bytes(b"no picture")
    return Dataset(folder, tuple(Example(folder / f"{n}.png", rotation=180 if n == 5 else 0) for n in range(7)))


TARGETS = np.stack([np.arange(7) / 10, np.ones(7)], -1).astype(np.float32)[:, None]


def test_an_epoch_has_every_picture_once_in_an_order_of_its_own(dataset):
    batches = Batches(dataset, TARGETS, RULE, PLAIN, batch=2, seed=1)
    orders = [batches.rows(epoch).tolist() for epoch in range(1, 6)]
    assert len(batches) == 3
    assert all(len(set(order)) == 6 and set(order) < set(range(7)) for order in orders)
    assert len(set(map(tuple, orders))) == 5
    assert batches.rows(2).tolist() == orders[1]
    assert Batches(dataset, TARGETS, RULE, PLAIN, batch=2, seed=2).rows(1).tolist() != orders[0]


def test_pictures_come_with_their_targets(dataset):
    batches = Batches(dataset, TARGETS, RULE, PLAIN, batch=2, seed=1)
    for index in range(3):
        inputs, targets = batches.read(1, index)
        for place, row in enumerate(batches.rows(1)[2 * index : 2 * index + 2]):
            if row != 3:
                pixels = read_picture(dataset.examples[row].path, RULE)
                assert np.array_equal(inputs[PICTURES][place], np.rot90(pixels, 2) if row == 5 else pixels)
                assert targets[place] == pytest.approx(TARGETS[row])


def test_what_cannot_be_read_counts_for_nothing_and_is_named(dataset):
    batches = Batches(dataset, TARGETS, RULE, PLAIN, batch=4, whole=False)
    assert (batches.read(0, 0)[1][3] == 0).all()
    assert [*batches.unreadable] == [3]
    assert "3.png: not a picture" in batches.unreadable[3]


def test_a_last_batch_is_filled_up_with_what_counts_for_nothing(dataset):
    batches = Batches(dataset, TARGETS, RULE, PLAIN, batch=4, whole=False)
    inputs, targets = batches.read(0, 1)
    assert len(batches) == 2
    assert inputs[PICTURES].shape == (4, 12, 16, 3)
    assert targets[:, 0, 1].tolist() == [1, 1, 1, 0]


def test_a_view_depends_on_the_picture_and_the_epoch_not_on_its_batch(dataset):
    views = Views(crop=0.3, changes=1)
    small, large = (Batches(dataset, TARGETS, RULE, views, batch=batch, seed=5, whole=False) for batch in (2, 7))
    alone, together = small.read(4, 1)[0][PICTURES][0], large.read(4, 0)[0][PICTURES][2]
    assert np.array_equal(alone, together)
    assert not np.array_equal(together, large.read(5, 0)[0][PICTURES][2])


def test_mixing_adds_the_shares_and_the_same_batch_is_the_same_again(dataset):
    batches = Batches(dataset, TARGETS, RULE, Views(), Mixing(mixup=0.5), batch=2, seed=3)
    first, again, next_epoch = batches.read(1, 2), batches.read(1, 2), batches.read(2, 2)
    assert first[0][SHARE].shape == (2, 1)
    assert np.array_equal(first[0][SHARE], again[0][SHARE])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0][SHARE], next_epoch[0][SHARE])


def test_threads_change_nothing_about_the_order(dataset):
    batches = Batches(dataset, TARGETS, RULE, Views(crop=0.5), batch=2, seed=3)
    told = []
    with as_dataset(partial(batches.read, 1), len(batches), threads=3, done=told.append) as read:
        got = [read[index][0][PICTURES] for index in (0, 0, 1, 2)]  # Keras looks at the first one, and begins again
    assert len(read) == 3
    assert told == [1, 1, 2, 3]
    assert all(
        np.array_equal(a, batches.read(1, index)[0][PICTURES]) for a, index in zip(got, (0, 0, 1, 2), strict=True)
    )
