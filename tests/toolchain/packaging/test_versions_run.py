"""The versions that READMEs of packages call tested at every change are those of constraints.txt."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from toolchain.packaging.content import read_content
from toolchain.packaging.targets import target

CONSTRAINTS = Path(__file__).parents[3] / "constraints.txt"
HERE = {
    "python_full_version": "3.11.9",
    "python_version": "3.11",
    "sys_platform": "linux",
    "platform_machine": "x86_64",
}
DISTRIBUTIONS = {
    "LiteRT": "ai-edge-litert",
    "NumPy": "numpy",
    "ONNX Runtime": "onnxruntime-gpu",  # which is what Linux gets
    "OpenVINO": "openvino",
    "Pillow": "pillow",
    "TensorFlow": "tensorflow",
    "tensorflow-serving-api": "tensorflow-serving-api",
    "tritonclient": "tritonclient",
}
PACKAGES = [
    ("python", "onnx", {"ONNX Runtime", "NumPy", "Pillow"}),
    ("cpp", "onnx", {"ONNX Runtime"}),
    ("cpp", "openvino", {"OpenVINO"}),
    ("cpp", "tflite", {"LiteRT"}),
    ("triton", "onnx", {"tritonclient", "NumPy", "Pillow"}),
    ("tf-serving", "saved_model", {"TensorFlow", "tensorflow-serving-api", "NumPy", "Pillow"}),
]


def pinned():
    """Return the version of each distribution on Linux with an x86-64 processor and Python 3.11."""
    lines = re.findall(r"^([a-z0-9].*==[^\\\n]*)", CONSTRAINTS.read_text("utf-8"), re.MULTILINE)
    wanted = [Requirement(line) for line in lines]
    return {one.name: str(one.specifier)[2:] for one in wanted if one.marker is None or one.marker.evaluate(HERE)}


@pytest.mark.parametrize(("name", "format_name", "expected"), PACKAGES)
def test_versions_are_those_that_the_tests_run_with(name, format_name, expected, bundle_of):
    readme = target(name).client(read_content(bundle_of(format_name)))["README.md"].decode()
    section = readme.partition("\n## What was run\n")[2].partition("\n## ")[0]
    names = "|".join(map(re.escape, DISTRIBUTIONS))
    said = []
    for row in re.findall(r"^\| (.*) \|$", section, re.MULTILINE):
        label, tested, *_ = row.split(" | ")
        said += re.findall(rf"\b({names}) (\d+\.\d+)", f"{label} {tested}")
    assert dict(said).keys() == expected
    versions = pinned()
    for product, version in said:
        assert versions[DISTRIBUTIONS[product]].startswith(f"{version}."), product
