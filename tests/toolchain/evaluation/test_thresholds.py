"""Thresholds keep to their goals and to no more, by brute force; their uncertainty is that of order statistics."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from models.errors import UserError
from toolchain.evaluation.thresholds import Goals, choose, choose_all, shortest_between

ROWS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: 0 < sum(truth for _, truth in rows) < len(rows)
)


def sample(rows):
    return np.float32([score / 20 for score, _ in rows]), np.array([truth for _, truth in rows])


def drawn(negatives, positives=50, seed=0):
    chance = np.random.default_rng(seed)
    scores = np.concatenate([chance.beta(1, 6, negatives), chance.beta(6, 2, positives)]).astype(np.float32)
    return scores, np.arange(negatives + positives) >= negatives


@given(ROWS, st.sampled_from([0.01, 0.1, 0.25, 0.5]))
def test_the_review_threshold_is_the_lowest_that_keeps_to_the_rate(rows, goal):
    scores, truth = sample(rows)
    line = choose("adult", scores, truth, Goals(review_fpr=goal, block_fpr=goal / 10)).review
    negatives = scores[~truth].astype(float)
    allowed = {t for t in (*scores.astype(float), 1.1) if np.mean(negatives >= t) <= goal}
    best = min(allowed)  # the lowest score from which on one may flag
    if line.threshold < 1:
        assert np.mean(negatives >= line.threshold) <= goal
        assert np.array_equal(scores.astype(float) >= line.threshold, scores.astype(float) >= best)
    else:
        assert best >= 1


@given(ROWS, st.sampled_from([0.01, 0.1, 0.5]), st.sampled_from([0.01, 0.3]))
def test_a_load_counts_positives_and_negatives_by_their_prevalence(rows, goal, prevalence):
    scores, truth = sample(rows)
    line = choose("adult", scores, truth, Goals(review_load=goal, block_fpr=1.0, prevalence=prevalence)).review
    values = scores.astype(float)

    def load(threshold):
        flagged = values >= threshold
        return prevalence * np.mean(flagged[truth]) + (1 - prevalence) * np.mean(flagged[~truth])

    assert line.reached == pytest.approx(load(line.threshold))
    if line.threshold < 1:
        assert load(line.threshold) <= goal + 1e-9
        lower = values[values < line.threshold]
        assert not lower.size or load(lower.max()) > goal - 1e-9


def test_the_interval_is_that_of_the_order_statistic():
    negatives, allowed, covered = 500, 5, 0
    for seed in range(300):
        scores = np.random.default_rng(seed).random(negatives + 1).astype(np.float32)
        truth = np.arange(negatives + 1) == negatives
        line = choose("adult", scores, truth, Goals(review_fpr=allowed / negatives)).review
        assert line.false_positives == allowed
        covered += line.low <= 1 - line.threshold <= line.high  # the scores are uniform: the true rate is known
    assert line.low == pytest.approx(stats.beta.ppf(0.025, allowed, negatives - allowed + 1))
    assert line.high == pytest.approx(stats.beta.ppf(0.975, allowed + 1, negatives - allowed))
    assert covered / 300 >= 0.94


def test_too_few_negatives_are_said():
    choice = choose("adult", *drawn(400), Goals(block_fpr=0.001))
    assert choice.block.false_positives == 0
    high = 100 * stats.beta.ppf(0.975, 1, 400)
    assert choice.warnings[-1] == (
        f"adult, block: 400 negatives say little of an FPR of 0.1 %: the true one may be up to {high:.2g} %. "
        "It takes about 10,000."
    )
    assert choose("adult", *drawn(20_000), Goals()).warnings == ()


def test_crops_of_one_photograph_count_as_one():
    scores, truth = drawn(4000)
    alone = choose("adult", scores, truth, Goals())
    repeated = choose("adult", np.repeat(scores, 5), np.repeat(truth, 5), Goals(), np.repeat(np.arange(len(scores)), 5))
    assert repeated.thresholds == alone.thresholds
    assert repeated.review.high == pytest.approx(alone.review.high, rel=0.01)
    assert choose("adult", np.repeat(scores, 5), np.repeat(truth, 5), Goals()).review.high < 0.9 * alone.review.high


def test_block_never_starts_below_review():
    choice = choose("adult", *drawn(3000), Goals(review_load=0.01, block_fpr=0.5))
    assert choice.thresholds.review == choice.thresholds.block
    assert choice.warnings[0] == "adult: the goal of review is the stricter one, so block starts where review does."


def test_what_no_threshold_keeps_is_said():
    scores, truth = np.ones(40, np.float32), np.arange(40) < 20
    choice = choose("adult", scores, truth, Goals())
    assert choice.thresholds.review == 1.0
    assert "adult, review: no threshold keeps to an FPR of 1 % (got 1e+02 %)." in choice.warnings


def test_scores_of_nothing_but_zero_have_a_threshold_above_them():
    scores, truth = np.zeros(4000, np.float32), np.arange(4000) < 20
    assert choose("adult", scores, truth, Goals()).review.false_positives == 0


@pytest.mark.parametrize(("scores", "truth", "goals", "message"), [
    ([0.1, 0.9], [True, True], Goals(), "thresholds of adult: no picture is labelled negative. Add pictures that are"),
    ([0.1, 0.9], [False, False], Goals(review_load=0.1), "thresholds of adult: no picture is labelled positive. Add"),
    ([np.nan, 0.9], [False, True], Goals(), "thresholds of adult: some scores are not numbers."),
])  # fmt: skip
def test_what_cannot_be_chosen_is_refused(scores, truth, goals, message):
    with pytest.raises(UserError) as error:
        choose("adult", np.float32(scores), np.array(truth), goals)
    assert str(error.value).startswith(message)


def test_without_positives_a_rate_can_still_be_kept():
    scores, truth = drawn(500, positives=0)
    assert choose("adult", scores, truth, Goals()).review.false_positives == 5


def test_unknown_labels_are_left_out_of_each_category():
    scores, truth = drawn(500)
    both = np.stack([scores, scores], axis=1)
    labels = np.stack([truth, np.where(np.arange(550) % 2, truth, -1)], axis=1).astype(np.int8)
    chosen = choose_all(("a", "b"), both, labels, Goals())
    assert chosen["a"] == choose("a", scores, truth, Goals())
    assert chosen["b"] == choose("b", scores[1::2], truth[1::2], Goals())


@given(st.floats(0, 0.999), st.floats(1e-9, 1))
def test_the_shortest_number_lies_between(low, width):
    high = min(1.0, low + width)
    value = shortest_between(low, high)
    assert low < value <= high


def test_the_shortest_number_is_short():
    assert shortest_between(0.1234, 0.1789) == 0.15
    assert shortest_between(0.2, 0.9) == pytest.approx(0.5, abs=0.11)
    assert shortest_between(0.99991, 1.0) in (0.99995, 0.99996)
