"""What a plot shows of a report, derived whenever it is drawn: scores with their labels, and how they are spread.

scores, truth = labelled(report.category("adult"))
benchmarks.curves.roc(scores, truth)
"""

import numpy as np

from benchmarks.curves import Labels, Numbers
from toolchain.evaluation.report import CategoryEvaluation


def labelled(one: CategoryEvaluation) -> tuple[Numbers, Labels]:
    """Return the scores float64 [n] and labels bool [n] of the pictures that have both."""
    pairs = [(score, truth) for score, truth in zip(one.scores, one.truth, strict=True) if None not in (score, truth)]
    return np.array([score for score, _ in pairs], np.float64), np.array([truth for _, truth in pairs], np.bool_)


def histogram(scores: Numbers, truth: Labels, bins: int = 20) -> tuple[Numbers, Numbers, Numbers]:
    """Return the bins' edges in [0, 1], float64 [bins + 1], and the shares of the positives and of the negatives."""
    edges = np.linspace(0, 1, bins + 1)
    shares = [
        np.histogram(scores[truth == answer], edges)[0] / max(1, int(np.sum(truth == answer)))
        for answer in (True, False)
    ]
    return edges, shares[0], shares[1]
