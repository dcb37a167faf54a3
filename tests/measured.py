"""A latency report from seeded samples: an original, two of ours, three peers, of which one hangs in the middle."""

import numpy as np
from tiny import tiny_spec

from benchmarks.bootstrap import Bootstrap
from benchmarks.latency.contender import Contender
from benchmarks.latency.environment import Environment, Gpu
from benchmarks.latency.plan import Plan
from benchmarks.latency.report import LatencyReport, Row, Start, Subject
from benchmarks.latency.samples import Samples, Warmup
from benchmarks.observations import Observations
from benchmarks.parity import judge
from benchmarks.tolerance import Tolerance
from benchmarks.why.document import OperatorTime, Peak, Why

ROUNDS = 12
NAMES = ("keras", "onnx int8", "onnx fp32", "plain tf2onnx", "nncf int8", "hangs")
MILLISECONDS = {
    "keras": 60.0, "onnx int8": 5.5, "onnx fp32": 13.5, "plain tf2onnx": 22.7, "nncf int8": 6.0, "hangs": 1.0,
}  # fmt: skip
LOGIT_ERROR = {"onnx int8": 0.1, "onnx fp32": 1e-4, "plain tf2onnx": 1e-4, "nncf int8": 0.5}
PICTURES = 240
SHARES = {"Conv": 0.9, "Add": 0.1}
HANGS = "no answer for 60 s: killed"


def samples(milliseconds, seed, *, queries=40, batch=1, rounds=ROUNDS, **more):
    """Times around ``milliseconds``, with a tail to the right on a machine that drifts the same way for all."""
    own, machine = np.random.default_rng(seed), np.random.default_rng(3)
    drift = 1 + 0.02 * machine.standard_normal(rounds)
    times = [
        tuple((1e6 * milliseconds * drift[turn] * (1 + own.gamma(1.2, 0.01, queries))).round().astype(int).tolist())
        for turn in range(rounds)
    ]
    return Samples(
        batch=batch,
        rounds=tuple(times),
        cpu_ns=tuple(2 * sum(one) for one in times),
        wall_ns=tuple(sum(one) for one in times),
        warmup=Warmup(queries=30, seconds=1.0, settled=True),
        **more,
    )


def contender(name, **more):
    peer = {"plain tf2onnx": "plain_onnx", "nncf int8": "nncf_openvino", "hangs": "keras"}.get(name)
    where = {"bundle": f"exports/{name}"} if peer is None else {"peer": peer, "folder": f"peers/{peer}"}
    return Contender(**{"name": name, "threads": 1, "original": name == "keras", **where, **more})


def parity(error, seed, *, count=PICTURES, spread=1.0):
    """Scores of ``count`` pictures, of which a third are positives, and the same with noise on the logit."""
    chance = np.random.default_rng(8)
    truth = chance.random(count) < 1 / 3
    logits = np.where(truth, 2.0, -4.0) + 2.0 * spread * chance.standard_normal(count)
    moved = logits + error * np.random.default_rng(seed).standard_normal(count)
    scores = [(1 / (1 + np.exp(-values))).astype(np.float32)[:, None] for values in (logits, moved)]
    ids = tuple(f"{place:03}.jpg" for place in range(count))
    tolerance = Tolerance(mean_abs_logit=0.3)
    return judge(
        Observations(*scores, ids, truth[:, None]), tiny_spec("adult"), tolerance, bootstrap=Bootstrap(resamples=50)
    )


def row(name, seed, **more):
    """One contender that got through every scenario."""
    time = MILLISECONDS[name]
    recipe = "int8" if "int8" in name else "fp32"
    return Row(
        contender=contender(name),
        subject=Subject(
            format=name.split()[0], recipe=recipe, runtime="onnxruntime", version="1.31.1", provider="CPU",
            files={"model.onnx": "ab" * 32}, bytes=6_200_000, macs=1_000_000_000, categories=("adult",),
        ),
        start=Start(imports_ns=900_000_000, load_ns=1_200_000_000, first_scores_ns=1_300_000_000),
        peak_rss_bytes=310_000_000,
        scenarios={
            "single_stream": (samples(time, seed),),
            "offline": tuple(samples(time * batch**0.9, seed + batch, queries=8, batch=batch) for batch in (1, 8, 32)),
            "server": tuple(
                samples(times * time, seed, rate=share * 1000 / time, bound_ns=100_000_000)
                for share, times in ((0.5, 2.0), (0.7, 3.0), (0.9, 9.0))
            ),
        },
        parity=parity(LOGIT_ERROR[name], seed) if name in LOGIT_ERROR else None,
        why=Why(
            operators=tuple(OperatorTime(operator=kind, nodes=9, share=share) for kind, share in SHARES.items()),
            profiler="ONNX Runtime", float_islands=0, transposes=2, notes=("Two Transposes are left.",),
        ) if recipe == "int8" else None,
        **more,
    )  # fmt: skip


def brief(name, seed, milliseconds=None, **more):
    """One contender that ran in single_stream alone."""
    return Row(
        contender=contender(name),
        scenarios={"single_stream": (samples(milliseconds or MILLISECONDS[name], seed),)},
        **more,
    )


def named(made, name, **more):
    """The same row under another name; ``more`` of its contender."""
    return made.model_copy(update={"contender": made.contender.model_copy(update={"name": name, **more})})


def report(rows=None, **more):
    """The report; ``rows`` instead of those that it has."""
    if rows is None:
        rows = [row(name, seed) for seed, name in enumerate(NAMES[:-1])]
        rows.append(
            Row(contender=contender("hangs"), scenarios={"single_stream": (samples(1.0, 9, rounds=2),)}, failure=HANGS)
        )
    return LatencyReport(
        **{
            "created": "2026-11-28T12:00:00Z",
            "environment": Environment(
                processor="A processor", features=("avx2", "avx512_vnni"), cores=2, system="Linux", python="3.11.7",
                gpus=(Gpu(name="A GPU", driver="1.2", memory="80 GiB", clock="1980 MHz"),), packages={"onnx": "1.23.2"},
            ),
            "plan": Plan(scenarios=("single_stream", "offline", "server"), latency_bound_ms=20.0, explain=True),
            "overhead": samples(0.004, 77),
            "peak": Peak(threads=1, fp32_macs_per_second=1e11, int8_macs_per_second=4e11, how="a large product"),
            "rows": tuple(rows),
            **more,
        }
    )  # fmt: skip
