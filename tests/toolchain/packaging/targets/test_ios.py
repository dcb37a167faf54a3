"""What is in a package for iOS; no Swift compiler is needed, and none is asked."""

import re

import pytest

from exporters.formats.onnx import OPSETS
from models.bundle import Bundle, seal
from toolchain.packaging.content import read_content
from toolchain.packaging.targets import ios

RUNTIMES = {"tflite": ("Rct.podspec", "TensorFlowLite"), "onnx": ("Package.swift", "OnnxRuntimeBindings")}


@pytest.mark.parametrize("format_name", ios.FORMATS)
def test_a_bundle_gets_the_runtime_of_its_format_and_no_other(format_name, as_format):
    files = {path: file.decode() for path, file in ios.client(read_content(as_format(format_name))).items()}
    project, module = RUNTIMES[format_name]
    assert {"Rct.podspec", "Package.swift"} & files.keys() == {project}
    assert f"import {module}\n" in files["Sources/Rct/Runtime.swift"]
    assert f'static let format = "{format_name}"' in files["Sources/Rct/Runtime.swift"]
    assert [path for path in files if path.startswith("runtimes/")] == []
    others = [text for path, text in files.items() if path.startswith("Sources/") and "Runtime.swift" not in path]
    assert not any(f"import {module}" in text for text in others)


def test_the_pod_has_the_version_of_what_made_the_bundle(as_format):
    path = as_format("tflite").path
    manifest = Bundle.open(path).manifest.model_dump(exclude={"files", "schema_version"})
    seal(path, **manifest | {"tools": {"rct": "4.5.6"}})
    pod = ios.client(read_content(Bundle.open(path)))["Rct.podspec"].decode()
    assert 'pod.version = "4.5.6"' in pod


def test_onnx_runtime_is_the_one_that_the_code_was_written_for_and_runs_every_model(as_format):
    package = ios.client(read_content(as_format("onnx")))["Package.swift"].decode()
    ((major, minor),) = re.findall(r'\.upToNextMinor\(from: "(\d+)\.(\d+)\.0"\)', package)
    lowest = [runtime for _, runtime in OPSETS.values()]
    assert max(tuple(map(int, version.split("."))) for version in lowest) <= (int(major), int(minor))


@pytest.mark.parametrize("format_name", ios.FORMATS)
def test_the_readme_says_what_was_not_compiled(format_name, as_format):
    files = ios.client(read_content(as_format(format_name)))
    readme = files["README.md"].decode()
    assert readme.splitlines()[0].endswith(" for iOS")
    assert "red, green" in readme
    assert "Nothing here was compiled or run" in readme
    for path, text in files.items():
        if path.endswith(".swift"):
            assert text.count(b"\n") < 200, path
            assert max(map(len, text.splitlines())) <= 120, path
