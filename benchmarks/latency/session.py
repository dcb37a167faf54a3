"""What a worker does with each command: one contender, loaded once, asked in every way.

session = Session()
session.answer(Load(...))              # Ready, or Failed
session.answer(Measure(batch=1, seconds=1.0, least=8, most=5000))
"""

import traceback
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from time import perf_counter_ns
from typing import assert_never

import numpy as np

from benchmarks.latency.arrivals import poisson, serve
from benchmarks.latency.contender import Contender
from benchmarks.latency.imports import counting_imports
from benchmarks.latency.load import Loaded, find_bundle, load
from benchmarks.latency.protocol import (
    Command,
    Explain,
    Explained,
    Failed,
    Load,
    Measure,
    Measured,
    Ready,
    Reply,
    Score,
    Scored,
    Serve,
    Warm,
    Warmed,
)
from benchmarks.latency.report import Start
from benchmarks.latency.stages import Query, check_scores, make_queries, make_query, on_host
from benchmarks.latency.timing import Timed, peak_rss_bytes, time_queries
from benchmarks.latency.warmup import warm_up
from benchmarks.why.explain import explain
from models.errors import RctError, UserError
from models.preprocessing import read_picture

_LONGEST = 300


class Session:
    """The contender of one worker, once ``Load`` has come; before that every other command fails."""

    def __init__(self) -> None:
        self._asked: _Asked | None = None

    def answer(self, command: Command) -> Reply:
        """Do it; whatever goes wrong is ``Failed``."""
        try:
            if isinstance(command, Load):
                self._asked, ready = _load(command)
                return ready
            if self._asked is None:
                raise UserError("worker", "no contender is loaded", "Load one first.")
            return self._asked.answer(command)
        except RctError as error:
            return Failed(reason=str(error))
        except Exception as error:  # noqa: BLE001  runtimes fail in every way there is
            traceback.print_exc()
            return Failed(reason=_one_line(error))


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:_LONGEST] if text else type(error).__name__


def _load(command: Load) -> "tuple[_Asked, Ready]":
    """Load, and score the first picture: a cold start. What a benchmark alone does in between is not counted."""
    ours_imported = perf_counter_ns()
    bundle = find_bundle(command.contender)
    began = perf_counter_ns()
    with counting_imports() as imports:
        loaded = load(command.contender, bundle)
    until_loaded = ours_imported - command.started_ns + perf_counter_ns() - began
    asked = _Asked(command.contender, loaded, tuple(map(Path, command.inputs.pictures)))
    first = make_query(command.contender.stage, loaded, asked.paths[:1])
    began = perf_counter_ns()
    answer = first()
    until_scored = until_loaded + perf_counter_ns() - began
    asked.check([answer], batch=1)
    start = Start(
        imports_ns=ours_imported - command.started_ns + imports.ns, load_ns=until_loaded, first_scores_ns=until_scored
    )
    return asked, Ready(subject=loaded.model.subject, start=start)


class _Asked:
    """A loaded contender and its pictures; queries are made once for each batch size, and those of one are kept."""

    def __init__(self, contender: Contender, loaded: Loaded, paths: tuple[Path, ...]) -> None:
        self.contender, self.loaded, self.paths = contender, loaded, paths
        self._queries = lru_cache(maxsize=1)(self._make_queries)

    def answer(self, command: Warm | Measure | Serve | Score | Explain) -> Reply:
        match command:
            case Warm(batch=batch, seconds=seconds):
                return Warmed(warmup=warm_up(self._queries(batch), seconds))
            case Measure():
                return self._measure(command)
            case Serve():
                return self._serve(command)
            case Score(first=first, count=count):
                return self._score(self.paths[first : None if count is None else first + count])
            case Explain():
                return self._explain()
        assert_never(command)

    def _make_queries(self, batch: int) -> tuple[Query, ...]:
        return make_queries(self.contender.stage, self.loaded, self.paths, batch)

    def _measure(self, command: Measure) -> Reply:
        queries = self._queries(command.batch)
        queries[0]()  # the caches were another contender's until now
        timed = time_queries(queries, seconds=command.seconds, least=command.least, most=command.most)
        return self._measured(timed, command.batch)

    def _serve(self, command: Serve) -> Reply:
        queries = self._queries(1)
        queries[0]()
        return self._measured(serve(queries, poisson(command.rate, command.count, command.seed)), 1)

    def _measured(self, timed: Timed, batch: int) -> Measured:
        self.check(timed.answers, batch)
        return Measured(
            times_ns=timed.times_ns, wall_ns=timed.wall_ns, cpu_ns=timed.cpu_ns, peak_rss_bytes=peak_rss_bytes()
        )

    def check(self, answers: Sequence[object], batch: int) -> None:
        """Look at every answer, after the clock has stopped; of those that are on a device at the last one."""
        seen = map(on_host, answers[-1:]) if self.contender.stage == "resident" else answers
        for scores in seen:
            check_scores(scores, batch, len(self.loaded.spec.labels))

    def _score(self, paths: Sequence[Path]) -> Scored:
        """Score by the queries that are timed; of "resident" by those with copies, for the scores have to be seen."""
        stage = "model" if self.contender.stage == "resident" else self.contender.stage
        rows = []
        for path in paths:
            scores = np.asarray(make_query(stage, self.loaded, [path])())
            rows.append(tuple(score if np.isfinite(score) else None for score in scores[0].tolist()))
        return Scored(scores=tuple(rows))

    def _explain(self) -> Explained:
        picture = read_picture(self.paths[0], self.loaded.spec.preprocessing)
        return Explained(why=explain(find_bundle(self.contender), self.contender, picture[None]))
