"""Answers of a model that has not seen the picture: cross-validation that keeps what hangs together on one side.

answers = out_of_fold(make, values, truth, groups, seed=0)      # float64 [n]: probability of a yes
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

FOLDS = 5


def out_of_fold(
    make: Callable[[], Any],
    values: NDArray[np.float32],
    truth: NDArray[np.int8],
    groups: NDArray[np.int64],
    seed: int,
) -> NDArray[np.float64] | None:
    """Return the probability of a yes for each picture, float64 [n], from a model trained on other groups.

    Args:
        make: returns a scikit-learn classifier that has learnt nothing yet.
        values: float32 [n, numbers].
        truth: int8 [n], 1 for yes and 0 for no.
        groups: int64 [n], what may not be on both sides.
        seed: of the folds.

    Returns:
        None where there are not two groups at least for each fold of either answer.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    if min(len(np.unique(groups[truth == answer])) for answer in (0, 1)) < 2 * FOLDS:
        return None
    answers = np.empty(len(truth))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for learn, ask in folds.split(values, truth, groups):
        if len(np.unique(truth[learn])) < 2:
            return None
        answers[ask] = make().fit(values[learn], truth[learn]).predict_proba(values[ask])[:, 1]
    return answers
