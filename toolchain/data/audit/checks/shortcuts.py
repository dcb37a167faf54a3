"""A source that gives the label away: can it be told without looking at what a picture shows?"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap
from models.processor import usable_cores
from toolchain.data.audit.finding import Finding, Severity
from toolchain.data.audit.folds import out_of_fold
from toolchain.data.audit.giveaways import families
from toolchain.data.audit.material import Material

SUMMARY = "labels that size, bytes, format, JPEG tables, edge or host alone give away"

_MOST_PICTURES = 6_000
_TREES = 100
_TELLS, _TELLS_MUCH = 0.55, 0.75


def look(material: Material) -> Iterator[Finding]:
    """Yield a finding for each category: balanced accuracy of a probe on all of it, and on each family alone.

    The probe is scikit-learn's random forest, cross-validated so that clusters stay on one side; of more than 6,000
    pictures so many are drawn. The interval is the bootstrap's, over clusters. 0.5 is chance. Of two categories that
    are each other's opposite, the first is probed.
    """
    found = families(material)
    whole = np.flatnonzero(material.rows["fault"] == b"")
    for name in material.questions if found else ():
        labelled = np.array([p for p in whole if name in material.entries[p].labels], np.int64)
        chosen = np.sort(np.random.default_rng(material.seed).permutation(labelled)[:_MOST_PICTURES])
        truth = np.array([material.entries[place].labels[name] for place in chosen], np.int8)
        groups = material.clusters[chosen]
        material.progress(f"probing {name} for shortcuts")
        probed = {
            family: accuracy
            for family, values in {"all": np.concatenate(list(found.values()), 1), **found}.items()
            if (accuracy := probe(values[chosen], truth, groups, material.seed)) is not None
        }
        if "all" in probed:
            yield _finding(name, probed, len(chosen))


def probe(
    values: NDArray[np.float32], truth: NDArray[np.int8], groups: NDArray[np.int64], seed: int
) -> tuple[float, float, float] | None:
    """Return the balanced accuracy of ``truth`` (int8 [n]) told from ``values``, and its interval; None of too few.

    Args:
        values: float32 [n, numbers].
        truth: int8 [n], 1 for yes and 0 for no.
        groups: int64 [n], what hangs together.
        seed: of folds, probe and bootstrap.
    """
    answers = out_of_fold(lambda: _forest(len(truth), seed), values, truth, groups, seed)
    if answers is None:
        return None
    right = (answers >= 0.5) == (truth == 1)
    bootstrap = Bootstrap(resamples=500, seed=seed)
    interval = bootstrap.interval(bootstrap.values(_balanced, truth, right, groups=groups))
    return float(_balanced(truth[None], right[None])[0]), *interval


def _balanced(truth: NDArray[np.int8], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean of the shares of yes and of no that are right, over the last axis; nan without one of them."""
    shares = []
    for answer in (0, 1):
        asked = (truth == answer).sum(-1)
        shares.append(np.where(asked, (right & (truth == answer)).sum(-1) / np.maximum(1, asked), np.nan))
    return np.asarray((shares[0] + shares[1]) / 2, np.float64)


def _forest(pictures: int, seed: int) -> Any:
    from sklearn.ensemble import RandomForestClassifier

    leaf = max(2, pictures // 1000)
    return RandomForestClassifier(
        _TREES, class_weight="balanced", min_samples_leaf=leaf, random_state=seed, n_jobs=usable_cores()
    )


def _finding(name: str, probed: dict[str, tuple[float, float, float]], pictures: int) -> Finding:
    _, low, _ = probed["all"]
    severity: Severity = "warning" if low >= _TELLS_MUCH else "note"
    tells = [family for family, (_, least, _) in probed.items() if family != "all" and least >= _TELLS]
    by = f" by {', '.join(tells)}" if tells else ""
    what = f"{name} can be told without looking{by}" if low >= _TELLS else f"nothing but the pictures gives {name} away"
    return Finding(
        check="shortcuts",
        severity=severity,
        title=what,
        pictures=pictures,
        figures={
            f"balanced accuracy, {family}": f"{value:.3f} ({least:.3f} to {most:.3f})"
            for family, (value, least, most) in probed.items()
        },
        advice=_ADVICE if low >= _TELLS else "",
    )


_ADVICE = (
    "Chance is 0.5. Treat all sources alike (resize to one size, write all with one JPEG quality, vary crop, aspect "
    "and edge in training), and measure on a source that training has not seen."
)
