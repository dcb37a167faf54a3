"""``rct serve`` from its start to its end, in a process of its own; and the bundles that it does not serve."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from models.bundle import Bundle, seal
from models.runtimes import load_runtime
from toolchain.serving.settings import Settings
from toolchain.serving.starting import load_checked

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_listens_until_it_is_told_to_stop(original, with_golden, encode, number):
    with_golden(original)
    command = [sys.executable, "-m", "toolchain", "serve", str(original.path), "--port", "0", "--log", "text"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            url = process.stdout.readline().strip()
            answer = httpx.post(f"{url}/v1/classify", content=encode(), headers={"Content-Type": "image/png"})
            assert answer.json()["verdict"] == "block"
            process.send_signal(number)
            _, said = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0
    lines = said.splitlines()
    assert f"Next: curl -H 'Content-Type: image/jpeg' --data-binary @PICTURE {url}/v1/classify" in lines
    assert lines[-1].startswith("scored block, ")


def test_a_bundle_that_does_not_reproduce_its_golden_vectors(rct, original, with_golden, export):
    bundle = with_golden(export(bias=(0.2, 0.0)), scorer=original)
    shown = rct("serve", bundle.path, "--port", 0)
    assert shown.code == 1
    assert shown.err.splitlines()[-1] == (
        f"rct: {bundle.path}: golden scores differ by 0.2 (limit 1e-05). It is not served. rct verify says more."
    )


def exported_with(bundle, with_golden, original, shift):
    """Give an int8 bundle golden scores of its own, which the null runtime then gives less ``shift``."""
    own = load_runtime(bundle)(np.full((1, 6, 8, 3), (200, 40, 0), np.uint8)) + np.float32(shift)
    return with_golden(bundle, scorer=original, own=own)


def test_int8_that_does_not_give_the_scores_that_it_was_exported_with(rct, original, with_golden, export):
    bundle = exported_with(export(recipe="int8"), with_golden, original, 0.03)
    shown = rct("serve", bundle.path, "--port", 0)
    assert shown.code == 1
    assert shown.err.splitlines()[-1] == (
        f"rct: {bundle.path}: golden scores and those that it was exported with differ by 0.03 (limit 0.02). "
        "It is not served. rct verify says more."
    )


def test_int8_that_does_is_loaded(original, with_golden, export):
    bundle = exported_with(export(recipe="int8"), with_golden, original, 0.01)
    load_checked(Bundle.open(bundle.path), Settings(workers=1))


def test_int8_that_may_overflow_here_says_so(rct, original, with_golden, export, monkeypatch):
    monkeypatch.setattr("toolchain.serving.starting.int8_saturates", lambda: True)
    bundle = export(recipe="int8")
    calibration = {"method": "minmax", "pictures": 1, "sha256": "0" * 64}
    seal(bundle.path, **bundle.manifest.model_dump(exclude={"files", "schema_version"}) | {"calibration": calibration})
    bundle = exported_with(Bundle.open(bundle.path), with_golden, original, 0.03)
    assert (
        rct("serve", bundle.path, "--port", 0)
        .err.splitlines()[-1]
        .endswith("It is not served. int8 may overflow on this processor: rct export --target-cpu this.")
    )


def test_a_bundle_without_golden_vectors(rct, original):
    shown = rct("serve", original.path, "--port", 0)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        f"rct: {original.path}: has no golden vectors, so it cannot be checked. Export it again."
    )


def test_an_address_that_is_taken(rct, original):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        shown = rct("serve", original.path, "--port", port)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        f"rct: address 127.0.0.1:{port}: cannot be listened on (Address already in use). Give another --host or --port."
    )


def test_the_extra_is_missing(rct, original, monkeypatch):
    monkeypatch.setitem(sys.modules, "fastapi", None)
    shown = rct("serve", original.path)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == "rct: fastapi: not installed. pip install 'rct[serve]'."


def test_one_picture_and_a_whole_batch_have_run_before_it_listens(original, with_golden, monkeypatch):
    sizes = []

    def load(*arguments):
        predict = load_runtime(*arguments)
        return lambda batch: sizes.append(len(batch)) or predict(batch)

    monkeypatch.setattr("toolchain.serving.starting.load_runtime", load)
    with_golden(original)
    load_checked(Bundle.open(original.path), Settings(workers=1, batch=7))
    assert {1, 7} <= set(sizes)


def test_a_device_that_the_format_does_not_run_on(rct, original, with_golden):
    with_golden(original)
    shown = rct("serve", original.path, "--port", 0, "--device", "cuda")
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == "rct: null runtime: runs on the processor only (got cuda). Ask for cpu."


def test_decoders_are_a_gpu_s(rct, original):
    shown = rct("serve", original.path, "--decoders", 3)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        "rct: --decoders: is of --device cuda. A run decodes its own pictures here: use --workers."
    )
