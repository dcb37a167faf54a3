"""From scores and labels of one category to measurements, each with an interval that knows of groups.

sample = Sample(scores, truth, groups)
quality(sample, bootstrap)                     # {"roc_auc": Measurement(...), …}
decisions_at(0.8, sample, 0.01, bootstrap)     # confusion, rates, and precision where 1 % is positive
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bootstrap import Bootstrap, Interval
from benchmarks.clustered import clustered_interval
from benchmarks.flips import decisions
from benchmarks.metrics import metric, metric_names, proportion
from benchmarks.parity_report import Measurement
from toolchain.evaluation.report import Confusion, Decisions


@dataclass(frozen=True, eq=False)
class Sample:
    """Scores float32 [n], labels bool [n], and groups int [n]: pictures of one group are not independent."""

    scores: NDArray[np.float32]
    truth: NDArray[np.bool_]
    groups: NDArray[np.intp]

    def where(self, chosen: NDArray[np.bool_]) -> "Sample":
        """Return the pictures of a mask [n]."""
        return Sample(self.scores[chosen], self.truth[chosen], self.groups[chosen])

    @cached_property
    def positives(self) -> int:
        """Pictures labelled yes."""
        return int(np.count_nonzero(self.truth))

    @cached_property
    def negatives(self) -> int:
        """Pictures labelled no."""
        return len(self.truth) - self.positives


def measurement(value: Any, interval: Interval, undefined: str) -> Measurement:
    """Return a value with its interval; nan is what could not be measured, for the reason ``undefined``."""
    if np.isnan(value):
        return Measurement(value=None, undefined=undefined)
    low, high = (None if np.isnan(end) else float(end) for end in interval)
    return Measurement(value=float(value), low=low, high=high)


def quality(sample: Sample, bootstrap: Bootstrap, names: tuple[str, ...] | None = None) -> dict[str, Measurement]:
    """Return the metrics of the family quality, all or those named, each with its bootstrap interval."""
    return {name: _quality(name, sample, bootstrap) for name in names or metric_names("quality")}


def _quality(name: str, sample: Sample, bootstrap: Bootstrap) -> Measurement:
    module = metric("quality", name)
    if not len(sample.scores):
        return Measurement(value=None, undefined="there are no pictures")
    value = module.measure(sample.scores, sample.truth)
    if np.isnan(value):
        return Measurement(value=None, undefined=module.UNDEFINED)
    values = bootstrap.values(module.measure, sample.scores, sample.truth, groups=sample.groups)
    return measurement(value, bootstrap.interval(values), module.UNDEFINED)


def rate(name: str, threshold: float, sample: Sample, confidence: float) -> Measurement:
    """Return a metric of the family decision at a threshold, with its exact interval."""
    module = proportion(name)
    hits, trials = module.count(decisions(sample.scores, threshold)[:, None], sample.truth[:, None])
    tried = trials > 0
    if not tried.any():
        return Measurement(value=None, undefined=module.UNDEFINED)
    hit = hits[tried] > 0
    interval = clustered_interval(hit, sample.groups[tried], confidence)
    return measurement(np.mean(hit), interval, module.UNDEFINED)


def decisions_at(threshold: float, sample: Sample, prevalence: float, bootstrap: Bootstrap) -> Decisions:
    """Return what the decisions at ``threshold`` are worth, here and where ``prevalence`` of the pictures are positive.

    Precision and load follow from recall r and false positive rate f: ``p r / (p r + (1 - p) f)``, and the divisor
    itself. Their intervals are the corners of exact ones for r and f at a confidence that holds for both at once
    (Bonferroni), so they are honest where not one negative was flagged.
    """
    flagged, truth = decisions(sample.scores, threshold), sample.truth
    both = 1 - (1 - bootstrap.confidence) / 2
    recall, false = (rate(name, threshold, sample, both) for name in ("recall", "false_positive_rate"))
    precision, load = _in_use(recall, false, prevalence)
    return Decisions(
        threshold=threshold,
        confusion=Confusion(
            true_positives=int(np.count_nonzero(flagged & truth)),
            false_positives=int(np.count_nonzero(flagged & ~truth)),
            false_negatives=int(np.count_nonzero(~flagged & truth)),
            true_negatives=int(np.count_nonzero(~flagged & ~truth)),
        ),
        rates={name: rate(name, threshold, sample, bootstrap.confidence) for name in metric_names("decision")},
        precision=precision,
        load=load,
    )


def _in_use(recall: Measurement, false: Measurement, prevalence: float) -> tuple[Measurement, Measurement]:
    if recall.value is None or false.value is None:
        missing = Measurement(value=None, undefined=recall.undefined or false.undefined)
        return missing, missing
    ends = [(recall.value, false.value), (recall.low or 0.0, false.high or 0.0), (recall.high or 0.0, false.low or 0.0)]
    precision = [_precision(caught, flagged, prevalence) for caught, flagged in ends]
    lows, highs = (recall.low or 0.0, false.low or 0.0), (recall.high or 0.0, false.high or 0.0)
    load = [prevalence * caught + (1 - prevalence) * flagged for caught, flagged in (ends[0], lows, highs)]
    return (
        measurement(precision[0], Interval(precision[1], precision[2]), "nothing is flagged"),
        measurement(load[0], Interval(load[1], load[2]), ""),
    )


def _precision(recall: float, false: float, prevalence: float) -> float:
    flagged = prevalence * recall + (1 - prevalence) * false
    return prevalence * recall / flagged if flagged > 0 else np.nan
