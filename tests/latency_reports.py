"""Reports of latency runs that were never made, with times that are known."""

import numpy as np
from simulated import samples

from benchmarks.bootstrap import Bootstrap
from benchmarks.latency.contender import Contender
from benchmarks.latency.environment import Environment
from benchmarks.latency.plan import Plan
from benchmarks.latency.report import LatencyReport, Row, Subject
from benchmarks.observations import Observations
from benchmarks.parity import judge
from benchmarks.tolerance import Tolerance
from models.preprocessing import Preprocessing, Resize
from models.spec import Category, ClassifierSpec, Thresholds

HERE = Environment(processor="Abacus 9", features=("avx2",), cores=2, system="Linux", python="3.11.9")


def steady(ms, *, rounds=12, queries=9, scatter=0.002, seed=0, **rest):
    """Samples around ``ms`` milliseconds whose rounds scatter by so much, relative."""
    rng = np.random.default_rng(seed)
    return samples(ms * np.exp(rng.normal(0, scatter, (rounds, 1)) + rng.normal(0, 0.001, (rounds, queries))), **rest)


def row(name, ms=10.0, *, scenarios=None, size=None, parity=None, failure=None, seed=0, **contender):
    """One contender, by default steady in single_stream."""
    if scenarios is None:
        scenarios = {} if failure else {"single_stream": (steady(ms, seed=seed),)}
    subject = None if size is None else Subject(format="null", recipe="fp32", runtime="null", version="1", bytes=size)
    return Row(
        contender=Contender(name=name, bundle=f"exports/{name}", **{"threads": 1} | contender),
        subject=subject,
        scenarios=scenarios,
        parity=parity,
        failure=failure,
    )


def report(*rows, plan=None, environment=HERE, **rest):
    """A run of these rows."""
    return LatencyReport(
        created="2026-01-02T03:04:05+00:00", environment=environment, plan=plan or Plan(), rows=rows, **rest
    )


def parity(flips=0, *, limit=0.02):
    """A report on 100 pictures, of which so many flip at block; they fail it if their share is above ``limit``."""
    spec = ClassifierSpec(
        name="red",
        backbone="resnet50",
        licence="CC0-1.0",
        categories=(Category(name="red", definition="Mostly red."),),
        preprocessing=Preprocessing(width=4, height=4, resize=Resize(width=4, height=4)),
        thresholds={"red": Thresholds(review=0.1, block=0.5)},
    )
    before = np.full((100, 1), 0.4, np.float32)
    after = before.copy()
    after[:flips] = 0.6
    seen = Observations(before, after, tuple(map(str, range(100))))
    return judge(seen, spec, Tolerance(max_flip_rate=limit), bootstrap=Bootstrap(resamples=10))
