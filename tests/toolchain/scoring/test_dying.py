"""Processes that are killed, the whole run and its workers: nothing finished is lost, nothing is scored twice."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_server import reply

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.slow


@pytest.fixture
def urls(server, encoded, tmp_path):
    """Four addresses, the third of which does what a test wants."""
    paths = [f"/{number}.png" for number in range(4)]
    for number, path in enumerate(paths):
        server.answers[path] = reply(200, encoded((60 * number, 0, 0)))
    (tmp_path / "urls.txt").write_text("".join(f"{server.url(path)}\n" for path in paths))
    return [server.url(path) for path in paths]


@pytest.fixture
def arguments(server, original):
    places = ["--out", "scores", "--allow-private", f"127.0.0.1:{server.port}"]
    return ["score", str(original.path), "urls.txt", *places, "--workers", "1", "--shard-rows", "1", "--json"]


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_goes_on_where_it_was(rct, server, urls, arguments, table, tmp_path, how):
    good, running = server.answers["/2.png"], []

    def end(visit):
        if visit.number > 1:
            visit.send(good)
        else:
            os.kill(running[0].pid, how)
            running[0].wait()

    server.answers["/2.png"] = end
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "toolchain", *arguments]
    running.append(subprocess.Popen(command, stderr=subprocess.PIPE, env=environment))
    _, errors = running[0].communicate()
    assert running[0].returncode == {signal.SIGKILL: -9, signal.SIGINT: 130}[how], errors
    assert sorted(path.name for path in (tmp_path / "scores").glob("part-*")) == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    summary = json.loads(rct(*arguments).out)
    assert (summary["scored"], summary["pictures"]) == (2, 4)
    assert [row["input"] for row in table("scores")] == urls
    assert server.visits["/0.png"] == 1
    assert not list((tmp_path / "scores").glob("_writing-*"))


@pytest.mark.parametrize("deaths", [2, 3])
def test_the_unit_of_a_worker_that_dies_is_done_again_twice(rct, server, urls, arguments, table, deaths):
    good = server.answers["/2.png"]

    def kill(visit):
        if visit.number > deaths:
            visit.send(good)
        else:
            (worker,) = multiprocessing.active_children()
            worker.kill()
            worker.join()

    server.answers["/2.png"] = kill
    shown = rct(*arguments)
    summary = json.loads(shown.out)
    if deaths == 2:
        assert (shown.code, [row["input"] for row in table("scores")]) == (0, urls)
        return
    assert shown.code == 1
    assert summary["lost"] == ["part-00002.parquet: its process died 3 times (got SIGKILL)"]
    assert [row["input"] for row in table("scores")] == [*urls[:2], urls[3]]
    assert shown.err.splitlines()[-1] == (
        "rct: scores: 1 shard could not be written (got part-00002.parquet: its process died 3 times (got SIGKILL)). "
        "Run it again with fewer --workers."
    )
