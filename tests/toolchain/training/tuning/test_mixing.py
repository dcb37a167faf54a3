"""Mixup and CutMix: labels are mixed as the pictures are."""

import numpy as np
import pytest

from toolchain.training.tuning.mixing import Mixing, mixed_targets

CHANCE = np.random.default_rng(4)
TARGETS = np.stack([CHANCE.integers(0, 2, (6, 3)), CHANCE.integers(0, 2, (6, 3)) * 1.5], -1).astype(np.float32)


def loss(targets, logits):
    target, weight = targets[..., 0].astype(np.float64), targets[..., 1].astype(np.float64)
    return weight * (np.logaddexp(0, logits) - target * logits)


def test_the_loss_of_mixed_targets_is_the_mixed_loss_also_where_one_is_not_known():
    logits = CHANCE.normal(0, 2, (6, 3))
    share = CHANCE.uniform(0.5, 1, 6).astype(np.float32)
    neighbours = TARGETS[[1, 0, 3, 2, 5, 4]]
    wanted = share[:, None] * loss(TARGETS, logits) + (1 - share[:, None]) * loss(neighbours, logits)
    assert loss(mixed_targets(TARGETS, share), logits) == pytest.approx(wanted, abs=1e-6)


def test_mixup_leaves_pictures_to_the_graph_and_keeps_at_least_half():
    pictures = CHANCE.integers(0, 256, (6, 8, 8, 3)).astype(np.uint8)
    before = pictures.copy()
    shares, targets = Mixing(mixup=0.4).mix(pictures, TARGETS, np.random.default_rng(0))
    assert np.array_equal(pictures, before)
    assert shares.shape == (6, 1)
    assert ((shares >= 0.5) & (shares <= 1)).all()
    assert np.array_equal(targets, mixed_targets(TARGETS, shares[:, 0]))


def test_cutmix_cuts_one_rectangle_into_each_other_and_counts_its_area():
    pictures = np.zeros((6, 20, 20, 3), np.uint8)
    pictures[:] = np.arange(6)[:, None, None, None] * 10
    shares, targets = Mixing(cutmix=1.0).mix(pictures, TARGETS, np.random.default_rng(1))
    assert (shares == 1).all()
    kept = np.array([(picture == number * 10).all(-1).mean() for number, picture in enumerate(pictures)])
    assert all(set(np.unique(pictures[n])) <= {n * 10, (n ^ 1) * 10} for n in range(6))
    assert (kept < 1).any()
    assert targets == pytest.approx(mixed_targets(TARGETS, kept.astype(np.float32)), abs=1e-6)


def test_with_both_a_batch_has_one_or_the_other():
    kinds = set()
    for seed in range(20):
        shares, _ = Mixing(0.4, 1.0).mix(np.zeros((6, 8, 8, 3), np.uint8), TARGETS, np.random.default_rng(seed))
        kinds.add(bool((shares == 1).all()))
    assert kinds == {True, False}


def test_none_is_none():
    assert not Mixing()
    assert Mixing(mixup=0.1)
    assert Mixing(cutmix=0.1)
