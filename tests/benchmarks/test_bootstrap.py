"""The bootstrap covers what it should, repeats itself, and sees pairs as pairs."""

import numpy as np
import pytest
from pydantic import ValidationError

from benchmarks.bootstrap import Bootstrap
from benchmarks.metrics import metric


def mean(sample):
    return sample.mean(axis=-1)


def test_intervals_of_the_mean_cover_it_about_95_times_in_a_hundred():
    rng = np.random.default_rng(11)
    bootstrap = Bootstrap()
    covered = 0
    for _ in range(200):
        low, high = bootstrap.interval(bootstrap.values(mean, rng.exponential(1.0, 80)))
        covered += low <= 1.0 <= high
    assert 0.89 <= covered / 200 <= 0.99


def test_the_interval_of_a_normal_mean_is_the_textbooks():
    sample = np.random.default_rng(0).normal(5, 2, 400)
    bootstrap = Bootstrap(resamples=4000)
    low, high = bootstrap.interval(bootstrap.values(mean, sample))
    half = 1.96 * sample.std() / 20
    assert (low, high) == pytest.approx((sample.mean() - half, sample.mean() + half), abs=0.03)


def test_areas_of_resamples_equal_those_of_scikit_learn():
    from sklearn.metrics import average_precision_score, roc_auc_score

    rng = np.random.default_rng(2)
    truth = rng.random(90) < 0.4
    scores = rng.random(90).astype(np.float32)
    seen = []

    def watched(name):
        def measure(drawn_scores, drawn_truth):
            seen.append((drawn_scores, drawn_truth))
            return metric("quality", name).measure(drawn_scores, drawn_truth)

        return measure

    for name, reference in (("roc_auc", roc_auc_score), ("pr_auc", average_precision_score)):
        seen.clear()
        values = Bootstrap(resamples=50).values(watched(name), scores, truth)
        rows = [row for drawn in seen for row in zip(*drawn, strict=True)]
        assert len(rows) == 50
        np.testing.assert_allclose(values, [reference(labels, given) for given, labels in rows], atol=1e-12)


def test_the_same_seed_draws_the_same_and_another_does_not():
    sample = np.random.default_rng(0).random(30)
    first = Bootstrap(resamples=20, seed=1).values(mean, sample)
    np.testing.assert_array_equal(first, Bootstrap(resamples=20, seed=1).values(mean, sample))
    assert not np.array_equal(first, Bootstrap(resamples=20, seed=2).values(mean, sample))


def test_a_change_is_measured_on_pairs():
    original = np.random.default_rng(0).random(50)
    bootstrap = Bootstrap()
    change = bootstrap.values(mean, original + 0.125) - bootstrap.values(mean, original)
    assert bootstrap.interval(change) == pytest.approx((0.125, 0.125))


def test_many_pictures_are_drawn_in_parts():
    parts = []

    def measure(sample):
        parts.append(len(sample))
        return mean(sample)

    assert Bootstrap(resamples=10).values(measure, np.arange(50_000.0)).shape == (10,)
    assert sum(parts) == 10
    assert max(parts) < 10


def test_undefined_resamples_are_left_out_until_they_are_most():
    bootstrap = Bootstrap()
    assert bootstrap.interval(np.array([np.nan, 1.0, 1.0])) == (1.0, 1.0)
    assert np.isnan(bootstrap.interval(np.array([np.nan, np.nan, 1.0]))).all()


@pytest.mark.parametrize("impossible", [{"resamples": 0}, {"confidence": 1.0}, {"seed": -1}])
def test_impossible_settings_are_refused(impossible):
    with pytest.raises(ValidationError):
        Bootstrap(**impossible)


def test_groups_of_one_are_no_groups():
    sample = np.random.default_rng(0).random(30)
    plain = Bootstrap(resamples=20).values(mean, sample)
    np.testing.assert_array_equal(plain, Bootstrap(resamples=20).values(mean, sample, groups=np.arange(30)))


def test_groups_are_drawn_whole():
    groups = np.array([2, 0, 0, 7, 2, 2])
    seen = []

    def watched(drawn):
        seen.extend(drawn)
        return mean(drawn)

    values = Bootstrap(resamples=200).values(watched, groups.astype(float), groups=groups)
    sizes = {0: 2, 2: 3, 7: 1}
    for drawn in seen:
        counts = {group: int((drawn == group).sum()) for group in sizes}
        assert all(count % sizes[group] == 0 for group, count in counts.items())
        assert sum(count // sizes[group] for group, count in counts.items()) == 3
    assert len({tuple(drawn) for drawn in seen}) == 27  # three groups, drawn three times
    assert values.shape == (200,)


def test_the_interval_of_copies_is_that_of_what_was_copied():
    sample = np.random.default_rng(1).normal(0, 1, 300)
    bootstrap = Bootstrap(resamples=2000)
    low, high = bootstrap.interval(bootstrap.values(mean, np.repeat(sample, 4), groups=np.repeat(np.arange(300), 4)))
    half = 1.96 * sample.std() / np.sqrt(300)
    assert (low, high) == pytest.approx((sample.mean() - half, sample.mean() + half), abs=0.015)
