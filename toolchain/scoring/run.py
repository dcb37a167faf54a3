"""Behind ``rct score``: inputs into a plan, units into shards, shards into a summary.

summary = score(Request("exports/x", (Path("photos"),), Path("scores")), progress)
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from models.errors import UserError
from models.runtimes import Device
from toolchain.data.fetching.addresses import Exemption
from toolchain.data.problems import Problems
from toolchain.data.sources.webdataset import DAMAGED
from toolchain.lock import alone
from toolchain.output import Progress
from toolchain.references import open_reference
from toolchain.scoring.engines import Done, engine
from toolchain.scoring.inputs import all_references
from toolchain.scoring.job import Job
from toolchain.scoring.plan import PLAN_FILE, Plan, shard_name, write_plan
from toolchain.scoring.record import LOCK_FILE, RECORD_FILE, Record, check_same, clear, read_record, write_record
from toolchain.scoring.shard import clear_scratch, has_rows
from toolchain.scoring.summary import Summary, summarise
from toolchain.training.cores import cores


@dataclass(frozen=True)
class Request:
    """What was asked of ``rct score``.

    ``workers``: processes, None for one per core. ``shard_rows``: None for what ``plan.rows_per_shard`` says.
    """

    bundle: str
    inputs: tuple[Path, ...]
    out: Path
    engine: str = "local"
    workers: int | None = None
    batch: int = 16
    shard_rows: int | None = None
    column: str = ""
    runtime: str | None = None
    device: Device = "cpu"
    private: tuple[Exemption, ...] = ()
    overwrite: bool = False


def score(request: Request, progress: Progress, warn: Callable[[str], None]) -> Summary:
    """Score what is not scored yet.

    Raises:
        UserError: an input cannot be read or is empty, the engine is unknown, the folder is of another scoring or
            another process scores into it.
        BundleError: the bundle is incomplete or altered.
        UnavailableError: what should run it is not there.
    """
    run = engine(request.engine).run
    bundle = open_reference(request.bundle)
    _check_folder(request)
    with alone(request.out / LOCK_FILE, request.out, "scoring"):
        return _score(request, run, bundle.manifest.sha256, progress, warn)


def _score(
    request: Request,
    run: Callable[[Job, Sequence[int]], Iterator[Done]],
    bundle: str,
    progress: Progress,
    warn: Callable[[str], None],
) -> Summary:
    there = _open_folder(request)
    progress("planning")
    problems = Problems()
    plan = _plan(request, there, bundle, problems)
    for line in problems.lines():
        warn(line)
    todo = [unit for unit in range(plan.units) if not has_rows(request.out / shard_name(unit), plan.rows(unit))]
    workers = request.workers or (1 if request.device == "cuda" else cores())
    threads = max(1, cores() // workers)
    job = Job(
        request.bundle, request.out, plan, request.runtime, request.device, workers, threads, request.batch,
        request.private,
    )  # fmt: skip
    began, scored, lost = monotonic(), 0, []
    done = plan.inputs - sum(map(plan.rows, todo))
    progress("scoring", done=done, total=plan.inputs)
    for one in run(job, todo) if todo else ():
        if one.lost:
            lost.append(f"{shard_name(one.unit)}: {one.lost}")
        scored += one.rows
        rate = f"{scored / max(monotonic() - began, 1e-3):.0f}/s"
        progress("scoring", done=done + scored, total=plan.inputs, note=rate)
    return summarise(request.out, plan, scored, monotonic() - began, lost, problems.counts.get(DAMAGED, 0))


def _check_folder(request: Request) -> None:
    """Refuse a folder that holds something else, before anything is written into it."""
    try:
        read_record(request.out)
    except UserError:
        if not (request.overwrite and (request.out / RECORD_FILE).is_file()):
            raise


def _open_folder(request: Request) -> Record | None:
    """Return the record of what was begun in the folder, none where it is to be begun anew."""
    if request.overwrite:
        clear(request.out)
    clear_scratch(request.out)
    return read_record(request.out)


def _plan(request: Request, there: Record | None, bundle: str, problems: Problems) -> Plan:
    """Write the plan of the request; where one was begun, it has to be the same."""
    scratch = request.out / f"{PLAN_FILE}.{os.getpid()}"
    try:
        rows = request.shard_rows or (there.shard_rows if there else None)
        plan = write_plan(scratch, all_references(request.inputs, request.column, problems), rows)
        record = Record(
            bundle=bundle,
            inputs=tuple(map(str, request.inputs)),
            column=request.column,
            runtime=request.runtime,
            device=request.device,
            plan=plan.digest,
            pictures=plan.inputs,
            shard_rows=plan.shard_rows,
        )
        if there is not None:
            check_same(request.out, there, record)
        scratch.replace(request.out / PLAN_FILE)
        write_record(request.out, record)
    finally:
        scratch.unlink(missing_ok=True)
    return plan
