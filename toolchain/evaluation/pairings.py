"""Positives of one source against negatives of another: what is left when the source itself cannot tell them apart.

A classifier that has learnt "came from there" in place of "shows that" is good on its own mixture of sources, and bad
on a pair whose positives look, in everything but what they show, like the other's negatives.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap
from toolchain.evaluation.measuring import Sample, quality
from toolchain.evaluation.report import Pairing

_MOST_SOURCES = 8
_RESAMPLES = 300


def pairings(sources: Sequence[str], sample: Sample, bootstrap: Bootstrap) -> tuple[Pairing, ...]:
    """Return every pair of a source with positives and one with negatives, of the eight largest of each.

    ``sources``: of each picture of ``sample``. There are none where all pictures are of one source.
    """
    if len(set(sources)) < 2:
        return ()
    of = np.array(sources, np.object_)
    fewer = bootstrap.model_copy(update={"resamples": min(_RESAMPLES, bootstrap.resamples)})
    with_yes, with_no = (_largest(of[sample.truth == answer].tolist()) for answer in (True, False))
    return tuple(
        _pairing(first, second, sample.where(_of_pair(of, sample, first, second)), fewer)
        for first, second in product(with_yes, with_no)
    )


def _of_pair(of: NDArray[np.object_], sample: Sample, first: str, second: str) -> NDArray[np.bool_]:
    return np.asarray(np.where(sample.truth, of == first, of == second), np.bool_)


def _largest(sources: Sequence[str]) -> list[str]:
    ordered = sorted(Counter(sources).items(), key=lambda one: (-one[1], one[0]))
    return [source for source, _ in ordered[:_MOST_SOURCES]]


def _pairing(first: str, second: str, sample: Sample, bootstrap: Bootstrap) -> Pairing:
    return Pairing(
        positives_of=first,
        negatives_of=second,
        positives=sample.positives,
        negatives=sample.negatives,
        roc_auc=quality(sample, bootstrap, ("roc_auc",))["roc_auc"],
    )
