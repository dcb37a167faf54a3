"""Checkpoints: whole or not there, and of this training or refused."""

import numpy as np
import pytest

from models.errors import UserError
from toolchain.training.tuning.checkpoint import Checkpoints, State

IDENTITY = {"code": "c", "settings": "s", "pictures": "p"}
ROW = {"epoch": 1, "loss": 0.1 + 0.2, "val_loss": 1 / 3}


def state(epoch=2, best_epoch=1, average=()):
    chance = np.random.default_rng(epoch)
    variables = (chance.normal(size=(3, 2)).astype(np.float32), np.int32(7) * np.ones((), np.int32), np.arange(3))
    best = (np.full(2, best_epoch, np.float32),)
    return State(epoch, (ROW, ROW), variables, best, best_epoch, 1 / 3, average, len(average))


def same(one, other):
    arrays = zip(
        (*one.variables, *one.best, *one.average), (*other.variables, *other.best, *other.average), strict=True
    )
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in arrays)
    assert (one.epoch, one.history, one.best_epoch) == (other.epoch, other.history, other.best_epoch)
    assert (one.best_measure, one.averaged) == (other.best_measure, other.averaged)


@pytest.mark.parametrize("average", [(), (np.ones(2, np.float32),)])
def test_what_was_saved_is_loaded_bit_for_bit(tmp_path, average):
    saved = state(average=average)
    Checkpoints(tmp_path, IDENTITY).save(saved)
    same(Checkpoints(tmp_path, IDENTITY).load(), saved)


def test_there_is_none_before_the_first(tmp_path):
    assert Checkpoints(tmp_path / "none", IDENTITY).load() is None


def test_only_the_best_weights_that_belong_to_it_stay(tmp_path):
    checkpoints = Checkpoints(tmp_path, IDENTITY)
    checkpoints.save(state(1, 1))
    checkpoints.save(state(2, 2))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["best-0002.npz", "checkpoint.npz"]
    same(checkpoints.load(), state(2, 2))


def test_a_kill_between_the_two_files_leaves_the_epoch_before(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path, IDENTITY)
    checkpoints.save(state(1, 1))
    monkeypatch.setattr("os.replace", once_then_raise(__import__("os").replace))
    with pytest.raises(KeyboardInterrupt):
        checkpoints.save(state(2, 2))
    monkeypatch.undo()
    same(checkpoints.load(), state(1, 1))
    checkpoints.save(state(2, 2))
    same(checkpoints.load(), state(2, 2))


def once_then_raise(replace):
    calls = []

    def call(source, target):
        if calls:
            raise KeyboardInterrupt
        calls.append(target)
        replace(source, target)

    return call


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"code": "d"}, "a checkpoint of other code"),
        ({"settings": "t", "pictures": "q"}, "a checkpoint of other settings and pictures"),
    ],
)
def test_one_of_another_training_is_refused_in_a_line(tmp_path, given, said):
    Checkpoints(tmp_path, IDENTITY).save(state())
    with pytest.raises(UserError) as caught:
        Checkpoints(tmp_path, IDENTITY | given).load()
    assert str(caught.value) == f"{tmp_path / 'checkpoint.npz'}: {said}. Delete {tmp_path} to begin anew."


@pytest.mark.parametrize("name", ["checkpoint.npz", "best-0001.npz"])
def test_a_damaged_one_is_refused_in_a_line(tmp_path, name):
    Checkpoints(tmp_path, IDENTITY).save(state())
    whole = (tmp_path / name).read_bytes()
    for kept in (0, 50, len(whole) - 30):
        (tmp_path / name).write_bytes(whole[:kept])
        with pytest.raises(UserError, match=rf"{name}: a damaged checkpoint \(.*\)\. Delete .* to begin anew\.$"):
            Checkpoints(tmp_path, IDENTITY).load()
