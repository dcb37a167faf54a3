"""A shortcut by source: perfect on the mixture's own pairs, worthless across them."""

import numpy as np

from benchmarks.bootstrap import Bootstrap
from toolchain.evaluation.measuring import Sample
from toolchain.evaluation.pairings import pairings

FEW = Bootstrap(resamples=50)


def sample_of_a_source_detector():
    """Scores that say only where a picture came from: "studio" is high, whatever it shows."""
    sources = ["studio"] * 50 + ["web"] * 50
    truth = np.array([True] * 45 + [False] * 5 + [True] * 5 + [False] * 45)
    scores = np.where(np.array(sources) == "studio", 0.8, 0.2)
    return sources, Sample(scores.astype(np.float32), truth, np.arange(100))


def test_pairs_show_what_the_mixture_hides():
    sources, sample = sample_of_a_source_detector()
    found = {(one.positives_of, one.negatives_of): one for one in pairings(sources, sample, FEW)}
    assert len(found) == 4
    assert found["studio", "web"].roc_auc.value == 1
    assert found["web", "studio"].roc_auc.value == 0
    assert found["studio", "studio"].roc_auc.value == 0.5
    assert (found["web", "studio"].positives, found["web", "studio"].negatives) == (5, 5)


def test_one_source_has_no_pairs():
    _, sample = sample_of_a_source_detector()
    assert pairings(["web"] * 100, sample, FEW) == ()


def test_only_the_largest_sources_are_paired():
    sources = [f"s{number:02}" for number in range(20) for _ in range(20 - number)]
    truth = np.arange(len(sources)) % 2 == 0
    sample = Sample(np.zeros(len(sources), np.float32), truth, np.arange(len(sources)))
    found = pairings(sources, sample, FEW)
    assert len(found) == 64
    assert {one.positives_of for one in found} == {f"s{number:02}" for number in range(8)}
