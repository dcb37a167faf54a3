"""A Ray cluster, through Ray Data; every machine of it sees the output folder and the inputs at the same paths.

Ray does a unit again when the node that had it is lost. ``RAY_ADDRESS`` names a cluster; without it, Ray is started on
this machine for as long as the scoring takes.
"""

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

from models.errors import UnavailableError
from toolchain.scoring.engines import Done
from toolchain.scoring.job import Job

SUMMARY = "a Ray cluster (extra: ray)"


def run(job: Job, units: Sequence[int]) -> Iterator[Done]:
    """Score the units; yield each when its shard is there.

    Raises:
        UnavailableError: Ray is not installed.
        RctError: the bundle cannot be loaded or run.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise UnavailableError("engine ray", "Ray is not installed", "pip install 'rct[ray]'.") from error

    job = replace(job, folder=job.folder.absolute(), bundle=_absolute(job.bundle))
    with redirect_stdout(sys.stderr):  # what Ray has to say is talk, and its threads say it whenever they like
        started = not ray.is_initialized()
        if started:
            ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        try:
            yield from _rows(ray, job, units)
        finally:
            if started:
                ray.shutdown()


def _rows(ray: Any, job: Job, units: Sequence[int]) -> Iterator[Done]:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    numbers = ray.data.from_items([{"unit": unit} for unit in units], override_num_blocks=len(units))
    done = numbers.map(
        _Units,
        fn_constructor_args=(job,),
        num_cpus=job.threads,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=job.workers),
    )
    for row in done.iter_rows():
        yield Done(int(row["unit"]), int(row["rows"]))


def _absolute(bundle: str) -> str:
    return os.path.abspath(bundle) if os.path.isdir(bundle) else bundle  # noqa: PTH100, PTH112  a name or a folder


class _Units:
    """An actor: the bundle stays loaded from unit to unit."""

    def __init__(self, job: Job) -> None:
        from contextlib import ExitStack

        from toolchain.scoring.scorer import open_scorer

        self._open = ExitStack()
        self._scorer = self._open.enter_context(open_scorer(job))

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        unit = int(row["unit"])
        return {"unit": unit, "rows": self._scorer.score(unit)}
