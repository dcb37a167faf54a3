"""Real bundles on the tiny backbone as packages for a server, and their client, run as its README says."""

import importlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
from PIL import Image
from written import write_bundle

from models.bundle import Bundle, seal
from models.golden import GOLDEN_FILE, make_golden
from models.runtimes import load_runtime
from toolchain.packaging.build import write_package


def write_served(original, format_name, target, folder, **options):
    """Write a bundle with golden vectors of both, and its package; return its folder."""
    bundle = write_bundle(original, format_name, "fp32", folder / "bundle", **options)
    chance = np.random.default_rng(8)
    pictures = [folder / "0.jpg", folder / "1.png"]
    for picture, (width, height) in zip(pictures, [(90, 70), (31, 120)], strict=True):
        pixels = np.kron(chance.integers(0, 256, (4, 4, 3)), np.ones((30, 30, 1))).astype(np.uint8)
        Image.fromarray(pixels).resize((width, height)).save(picture)
    rule = bundle.manifest.spec.preprocessing
    golden = make_golden(pictures, rule, load_runtime(original))
    replace(golden, bundle_scores=load_runtime(bundle)(golden.resized)).save(bundle.path / GOLDEN_FILE)
    seal(bundle.path, **bundle.manifest.model_dump(exclude={"files", "schema_version"}))
    write_package(Bundle.open(bundle.path), target, folder / "package")
    return folder / "package"


def run_client(package, *arguments):
    """Run the package's client in a process of its own."""
    command = [sys.executable, "-W", "error", package / "classifier.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def load_client(package, monkeypatch):
    """Import the package's classifier.py."""
    monkeypatch.syspath_prepend(package)
    monkeypatch.delitem(sys.modules, "classifier", raising=False)
    return importlib.import_module("classifier")
