"""Labels that are wrong, probably: what a classifier that has not seen a picture is sure to be otherwise."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.folds import out_of_fold
from toolchain.data.audit.material import Material

SUMMARY = "labels that contradict what a classifier on a frozen backbone says of pictures that it has not seen"


def look(material: Material) -> Iterator[Finding]:
    """Yield a finding for each category with the suspects, the surest first.

    Confident learning (Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels",
    2021) as in cleanlab's ``find_label_issues``, on probabilities out of fold of a logistic regression on the features
    of a frozen backbone; clusters stay in one fold.
    """
    if material.features is None or not material.questions:
        return
    features = material.features()
    readable: NDArray[np.bool_] = np.isfinite(features.sum(1))
    for name in material.questions:
        known = [place for place, entry in enumerate(material.entries) if readable[place] and name in entry.labels]
        chosen = np.array(known, np.int64)
        truth = np.array([material.entries[place].labels[name] for place in chosen], np.int8)
        material.progress(f"looking for wrong labels of {name}")
        suspects = find_suspects(features[chosen], truth, material.clusters[chosen], material.seed)
        if suspects is None or not len(suspects):
            continue
        yes = int(truth[suspects].sum())
        yield Finding(
            check="label-errors",
            severity="warning",
            title=f"labels of {name} that are wrong, probably",
            pictures=len(suspects),
            figures={
                "labelled yes": yes,
                "labelled no": len(suspects) - yes,
                "share of labels": round(len(suspects) / len(truth), 4),
            },
            examples=material.examples([(int(chosen[place]),) for place in suspects]),
            advice="Look at them, the surest come first: a wrong label, a hard case, or the definition is not clear.",
        )


def find_suspects(
    features: NDArray[np.floating], truth: NDArray[np.int8], groups: NDArray[np.int64], seed: int
) -> NDArray[np.int64] | None:
    """Return the places whose label is wrong, probably, the surest first; None where there is too little to learn.

    Args:
        features: float [n, size].
        truth: int8 [n], 1 for yes and 0 for no.
        groups: int64 [n], what hangs together.
        seed: of the folds.
    """
    from cleanlab.filter import find_label_issues

    answers = out_of_fold(_regression, features.astype(np.float32), truth, groups, seed)
    if answers is None:
        return None
    found = find_label_issues(
        truth.astype(np.int64),
        np.stack([1 - answers, answers], 1),
        return_indices_ranked_by="self_confidence",
        n_jobs=1,
    )
    return np.asarray(found, np.int64)


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=0.01, class_weight="balanced", max_iter=300))
