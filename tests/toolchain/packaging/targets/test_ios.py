"""What is in a package for iOS; no Swift compiler is needed, and none is asked."""

import pytest

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
