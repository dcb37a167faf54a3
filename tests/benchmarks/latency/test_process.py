"""Real workers that answer, crash, hang and are left alone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.latency.field import running
from benchmarks.latency.plan import Plan
from benchmarks.latency.process import WorkerProcess
from benchmarks.latency.protocol import Failed, Load, Measure, Measured, Ready, Score, Scored

PLAN = Plan(rounds=6, seconds=0.01, warmup_seconds=0.2)


def load(contender, inputs, worker, **fields):
    return Load(contender=contender, inputs=inputs, started_ns=worker.started_ns, **fields)


@pytest.fixture
def worker(contender, inputs):
    with WorkerProcess(contender()) as worker:
        assert isinstance(worker.ask(load(contender(), inputs, worker), seconds=60), Ready)
        yield worker


def test_a_worker_answers_one_command_after_another(worker):
    measured = worker.ask(Measure(batch=2, seconds=0.0, least=7, most=9), seconds=60)
    assert isinstance(measured, Measured)
    assert len(measured.times_ns) == 7
    assert sum(measured.times_ns) <= measured.wall_ns
    assert measured.peak_rss_bytes > 10 << 20
    assert len(worker.ask(Score(first=3, count=16), seconds=60).scores) == 2
    scored = worker.ask(Score(), seconds=60)
    assert isinstance(scored, Scored)
    assert [row[0] for row in scored.scores] == pytest.approx([50 * index / 255 for index in range(5)])


def test_a_cold_start_has_its_parts_in_order(contender, inputs):
    with WorkerProcess(contender()) as worker:
        began = worker.started_ns
        ready = worker.ask(load(contender(), inputs, worker), seconds=60)
        took = time.perf_counter_ns() - began
    assert 0 < ready.start.imports_ns <= ready.start.load_ns < ready.start.first_scores_ns < took


def test_a_crash_is_one_line_and_stays(worker, gone):
    os.kill(worker.pid, signal.SIGSEGV)
    crashed = Failed(reason="killed by signal 11 (SIGSEGV)")
    assert worker.ask(Score(), seconds=60) == crashed
    assert not worker.alive
    assert worker.ask(Score(), seconds=60) == crashed
    assert gone(worker.pid)


def test_a_kill_from_outside_hints_at_memory(worker):
    os.kill(worker.pid, signal.SIGKILL)
    reason = "killed by signal 9 (SIGKILL), as the system does where memory runs out"
    assert worker.ask(Score(), seconds=60) == Failed(reason=reason)


def test_a_worker_that_hangs_is_killed(worker, gone):
    os.kill(worker.pid, signal.SIGSTOP)
    assert worker.ask(Score(), seconds=0.2) == Failed(reason="no answer in 0.2 s, so it was killed")
    assert gone(worker.pid)


def test_a_command_that_no_pipe_holds_does_not_wait_for_ever(contender, inputs, gone):
    with WorkerProcess(contender()) as worker:
        os.kill(worker.pid, signal.SIGSTOP)
        many = inputs.model_copy(update={"pictures": inputs.pictures * 2000})
        assert worker.ask(load(contender(), many, worker), seconds=0.2).reason.startswith("no answer in 0.2 s")
    assert gone(worker.pid)


def test_an_exit_is_told_with_its_last_words(contender, inputs):
    with WorkerProcess(contender()) as worker:
        reply = worker.ask(load(contender(), inputs, worker, cores=(9999,)), seconds=60)
    assert reply == Failed(reason="ended with exit code 1: OSError: [Errno 22] Invalid argument")


def test_a_worker_runs_where_it_is_pinned_and_with_the_threads_that_were_asked_for(contender, inputs):
    core = max(os.sched_getaffinity(0))
    with WorkerProcess(contender(threads=3, environment={"MARK": "here"})) as worker:
        worker.ask(load(contender(), inputs, worker, cores=(core,)), seconds=60)
        assert os.sched_getaffinity(worker.pid) == {core}
        variables = Path(f"/proc/{worker.pid}/environ").read_text().split("\0")
    assert {"OMP_NUM_THREADS=3", "OPENBLAS_NUM_THREADS=3", "MARK=here"} <= set(variables)


def test_nothing_is_left_behind(contender, inputs, gone):
    before = open_descriptors()
    with WorkerProcess(contender()) as worker:
        worker.ask(load(contender(), inputs, worker), seconds=60)
    assert gone(worker.pid)
    assert open_descriptors() == before


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_an_interrupted_run_ends_its_workers(contender, inputs, silent, gone):
    pids = []

    def interrupted():
        with running([contender("a"), contender("b")], inputs, PLAN, silent) as field:
            pids.extend(worker.pid for worker in field._workers.values())
            os.kill(pids[0], signal.SIGSTOP)  # even one that would not end by itself
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(pids) == 2
    assert all(map(gone, pids))


def test_a_worker_dies_with_a_run_that_is_killed(contender, inputs, gone):
    program = (
        "import os, signal, sys\n"
        "from benchmarks.latency.contender import Contender\n"
        "from benchmarks.latency.process import WorkerProcess\n"
        "from benchmarks.latency.protocol import Inputs, Load\n"
        "contender = Contender.model_validate_json(sys.argv[1])\n"
        "worker = WorkerProcess(contender)\n"
        "inputs = Inputs.model_validate_json(sys.argv[2])\n"
        "load = Load(contender=contender, inputs=inputs, started_ns=worker.started_ns)\n"
        "assert worker.ask(load, seconds=60).kind == 'ready'\n"
        "print(worker.pid, flush=True)\n"
        "os.kill(worker.pid, signal.SIGSTOP)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    command = [sys.executable, "-c", program, contender().model_dump_json(), inputs.model_dump_json()]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    pid = int(done.stdout)
    for _ in range(100):
        if gone(pid) or state(pid) == "Z":  # a zombie is its new parent's business
            break
        time.sleep(0.05)
    else:
        pytest.fail("the worker lives")


def state(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_what_is_printed_in_a_worker_is_no_answer():
    program = (
        "import os\n"
        "from benchmarks.latency.worker import _own_streams\n"
        "commands, answers = _own_streams()\n"
        "print('printed', flush=True)\n"
        "os.write(1, b'written\\n')\n"
        "os.system('echo by a child; cat')\n"
        "answers.write(b'answer to ' + commands.readline())\n"
        "answers.flush()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program], input=b"question\n", capture_output=True, env=environment, check=True
    )
    assert done.stdout == b"answer to question\n"
    assert done.stderr.split(b"\n")[:3] == [b"printed", b"written", b"by a child"]


def test_a_worker_of_a_small_classifier_imports_no_framework(contender, inputs):
    program = (
        "import sys\n"
        "from benchmarks.latency.protocol import COMMAND\n"
        "from benchmarks.latency.session import Session\n"
        "assert Session().answer(COMMAND.validate_json(sys.argv[1])).kind == 'ready'\n"
        "print(*sys.modules)\n"
    )
    command = Load(contender=contender(), inputs=inputs, started_ns=0).model_dump_json()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program, command], capture_output=True, text=True, env=environment, check=True
    )
    heavy = {"tensorflow", "keras", "onnx", "onnxruntime", "openvino", "jax", "scipy", "sklearn", "matplotlib", "torch"}
    assert not heavy & set(done.stdout.split())
