"""Settled or not, on made-up times."""

import numpy as np
import pytest

from benchmarks.latency.warmup import settled, warm_up


def noisy(count, seed=0, mean=1e6, spread=0.02):
    return np.random.default_rng(seed).normal(mean, spread * mean, count).astype(int).tolist()


def test_a_quiet_series_has_settled():
    assert settled([1_000_000] * 24)


def test_few_queries_say_nothing():
    assert not settled([1_000_000] * 23)


@pytest.mark.parametrize("seed", range(5))
def test_noise_of_a_few_per_cent_settles(seed):
    assert settled(noisy(400, seed))


def test_a_slow_start_is_left_behind():
    start = [50_000_000] * 3 + [3_000_000] * 20
    assert not settled(start + [1_000_000] * 5)
    assert settled(start + [1_000_000] * 40)


def test_what_still_falls_has_not_settled():
    assert not settled([int(1e6 * (1 + 1 / (1 + index / 20))) for index in range(60)])


def test_a_slow_fall_is_seen_though_the_windows_agree_within_five_per_cent():
    falling = [1_000_000 - 900 * index for index in range(60)]
    later = falling[30:]
    assert max(later) < min(later) * 1.05
    assert not settled(falling)


def test_what_goes_on_falling_by_less_than_a_hundredth_has():
    assert settled([1_000_000 - 100 * index for index in range(60)])


def test_what_rises_by_a_tenth_has_not():
    assert not settled([1_000_000 + 5_000 * index for index in range(60)])


def test_two_speeds_by_turns_have_settled_if_the_windows_agree():
    assert settled([1_000_000, 2_000_000] * 64)


def test_warming_up_ends_with_the_time_that_it_has():
    clock = iter(range(10**9))

    def ever_slower():
        sum(range(1000 * next(clock)))

    found = warm_up([ever_slower], seconds=0.05)
    assert not found.settled
    assert found.queries >= 1
    assert found.seconds >= 0.05


def test_one_query_is_the_least():
    asked = []
    assert warm_up([lambda: asked.append(1)], seconds=0.0).queries == 1
    assert asked == [1]
