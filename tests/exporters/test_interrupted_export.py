"""Real exports, in processes of their own, that are killed or run out of disk half-way."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from models.bundle import Bundle

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCRIPT = """
    import sys
    from pathlib import Path
    from models import resnet50
    from tiny import TINY
    resnet50.ARCHITECTURES[TINY.name] = TINY
    from exporters.export import ExportOptions, export
    from models.classifier import find_original
    from models.errors import RctError
    try:
        export([find_original(sys.argv[1])], "onnx", "fp32", Path(sys.argv[2]), ExportOptions(overwrite=True), print)
    except RctError as error:
        sys.exit(f"rct: {error}")
"""


def start(original, target):
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", "CUDA_VISIBLE_DEVICES": ""}
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(original.path), str(target)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def finish(process):
    """Wait for its end; return its exit code and what it said."""
    _, said = process.communicate()
    return process.returncode, said


def kill_when(process, moment):
    while process.poll() is None and not moment():
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    finish(process)


@pytest.mark.parametrize("written", ["", "model.onnx", "manifest.json"])
def test_a_kill_leaves_a_whole_bundle(tiny_original, tmp_path, written):
    """As soon as the scratch folder, or a file in it, is there; what was exported before is whole, or what comes is."""
    target = tmp_path / "tiny"
    assert finish(start(tiny_original, target))[0] == 0
    before = Bundle.open(target).manifest.sha256
    kill_when(start(tiny_original, target), lambda: any(tmp_path.glob(f".tiny.partial-*/{written}")))
    assert Bundle.open(target).manifest.sha256 == before, "the same original gives the same bundle, old or new"
    assert finish(start(tiny_original, target))[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"], "nothing half-made is left"


@pytest.fixture
def small_disk(tmp_path):
    """A file system with room for half a bundle."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_one_line(tiny_original, small_disk):
    target = small_disk / "tiny"
    code, said = finish(start(tiny_original, target))
    lines = [line for line in said.splitlines() if line.startswith(("rct:", "Traceback"))]
    assert lines == [f"rct: {target}: the disk is full. Free some space; nothing was left behind."]
    assert code == 1
    assert list(small_disk.iterdir()) == []
