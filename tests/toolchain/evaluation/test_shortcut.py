"""A classifier that looks at borders is caught, and one that errs by chance is not."""

import numpy as np
import pytest

from benchmarks.bootstrap import Bootstrap
from toolchain.evaluation.glances import SURFACE
from toolchain.evaluation.measuring import Sample
from toolchain.evaluation.shortcut import _within, shortcut_check

FEW = Bootstrap(resamples=50)


def made(errs_at_borders, seed=0, count=200):
    """Positives have a white border more often; errors are those against the border, or anybody's."""
    chance = np.random.default_rng(seed)
    truth = chance.random(count) < 0.5
    surface = chance.normal(0, 1, (count, len(SURFACE))).astype(np.float32)
    border = chance.random(count) < np.where(truth, 0.8, 0.2)
    surface[:, 5] += 4 * border
    wrong = (border != truth) & (chance.random(count) < 0.8) if errs_at_borders else chance.random(count) < 0.15
    scores = np.where(truth != wrong, 0.9, 0.1).astype(np.float32)
    return surface, Sample(scores, truth, np.arange(count))


def test_a_shortcut_is_seen_in_the_errors():
    check = shortcut_check(*made(errs_at_borders=True), FEW)
    assert check.error_auc.low > 0.8
    assert check.label_auc.low > 0.6
    assert check.features[:3] == ("width", "height", "aspect")


def test_errors_by_chance_are_at_chance_though_the_label_is_not():
    check = shortcut_check(*made(errs_at_borders=False), FEW)
    assert check.error_auc.low < 0.5
    assert check.error_auc.value == pytest.approx(0.5, abs=0.15)
    assert check.label_auc.low > 0.6


def test_a_label_that_is_harder_is_no_shortcut():
    """All errors are positives, and the surface tells positives: only pairs of the same label count."""
    surface, sample = made(errs_at_borders=False)
    wrong = sample.truth & (np.random.default_rng(1).random(200) < 0.3)
    scores = np.where(sample.truth != wrong, 0.9, 0.1).astype(np.float32)
    check = shortcut_check(surface, Sample(scores, sample.truth, sample.groups), FEW)
    assert check.error_auc.value == pytest.approx(0.5, abs=0.15)


def test_few_errors_say_nothing():
    surface, sample = made(errs_at_borders=False)
    right = Sample(np.where(sample.truth, 0.9, 0.1).astype(np.float32), sample.truth, sample.groups)
    check = shortcut_check(surface, right, FEW)
    assert check.errors == 0
    assert check.error_auc.undefined == "too few errors to learn from"


def test_areas_of_strata_are_weighted_by_their_pairs():
    from sklearn.metrics import roc_auc_score

    chance = np.random.default_rng(2)
    told, answer, stratum = chance.random(80), chance.random(80) < 0.4, np.arange(80) < 30
    parts = [
        (roc_auc_score(answer[of], told[of]), answer[of].sum() * (~answer[of]).sum()) for of in (stratum, ~stratum)
    ]
    expected = sum(area * pairs for area, pairs in parts) / sum(pairs for _, pairs in parts)
    assert _within(told[None], answer[None], stratum[None])[0] == pytest.approx(expected)
