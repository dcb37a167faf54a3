"""The same plan on a cluster of two nodes, one of which is killed in the middle: every input is scored exactly once."""

import contextlib
import json
import os
import threading
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Ray's own
]


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_enable_metrics_collection", "0")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # a worker's folder is not ours
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    from ray.cluster_utils import Cluster

    def patiently(start):
        """Start a node again where it fails: Ray gives its agent 15 seconds, which are few on a busy machine."""
        for _ in range(5):
            with contextlib.suppress(Exception):
                return start()
        return start()

    def with_head():
        cluster = Cluster()
        try:
            cluster.add_node(num_cpus=1, include_dashboard=False)
        except Exception:
            cluster.shutdown()
            raise
        return cluster

    cluster = patiently(with_head)
    cluster.second = patiently(lambda: cluster.add_node(num_cpus=2))
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def test_a_node_that_is_killed_costs_nothing(cluster, rct, original, table, tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_ADDRESS", cluster.address)
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(600):
        Image.new("RGB", (16, 12), (number % 256, number // 256, 0)).save(folder / f"{number:03}.png")
    places = [folder / f"{number:03}.png" for number in range(600)]
    killed, ended = threading.Event(), threading.Event()

    def kill():
        while len(list((tmp_path / "scores").glob("part-*"))) < 8:
            if ended.wait(0.05):
                return
        cluster.remove_node(cluster.second, allow_graceful=False)
        killed.set()

    killer = threading.Thread(target=kill)
    killer.start()
    shown = rct("score", original.path, folder, "--out", "scores", "--engine", "ray", "--workers", 3,
                "--shard-rows", 10, "--json")  # fmt: skip
    ended.set()
    killer.join()
    assert shown.code == 0, shown.err
    assert killed.is_set()
    assert shown.out.startswith("{\n"), shown.out
    summary = json.loads(shown.out)
    assert (summary["pictures"], summary["shards"], summary["scored"]) == (600, 60, 600)
    rows = table("scores")
    assert [row["input"] for row in rows] == [str(place) for place in places]
    assert [round(row["score_red"] * 255) for row in rows] == [number % 256 for number in range(600)]
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
