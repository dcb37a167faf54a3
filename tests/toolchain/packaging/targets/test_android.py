"""What is in a package for Android, without a compiler."""

from xml.etree import ElementTree as ET

from toolchain.packaging.content import read_content
from toolchain.packaging.targets import android

PURE = {"Contract.kt", "Pixels.kt", "Resampling.kt", "SelfTest.kt"}
"""The sources that need no Android; test_android_client.py compiles them."""


def files_of(as_format):
    return {path: file.decode() for path, file in android.client(read_content(as_format("tflite"))).items()}


def test_it_is_a_gradle_module_with_a_readme_of_this_bundle(as_format):
    files = files_of(as_format)
    assert files.keys() >= {"README.md", "build.gradle.kts", "settings.gradle.kts", "src/main/AndroidManifest.xml"}
    assert files["README.md"].splitlines()[0].endswith(" for Android")
    assert "red, green" in files["README.md"]
    for path, text in files.items():
        if path.endswith((".kt", ".kts")):
            assert text.count("\n") < 200, path
            assert max(map(len, text.splitlines())) <= 120, path


def test_the_manifest_is_xml(as_format):
    assert ET.fromstring(files_of(as_format)["src/main/AndroidManifest.xml"]).tag == "manifest"


def test_gradle_builds_on_what_the_sources_import(as_format):
    files = files_of(as_format)
    sources = {path.rsplit("/", 1)[-1]: text for path, text in files.items() if path.endswith(".kt")}
    for module, package in {
        "com.google.ai.edge.litert:litert": "org.tensorflow.lite",
        "com.google.mediapipe:tasks-vision": "com.google.mediapipe",
    }.items():
        assert module in files["build.gradle.kts"]
        assert any(f"import {package}" in text for text in sources.values())
    assert {'from("model")', 'from("golden")'} <= {line.strip().split(" {")[0] for line in _lines(files)}


def test_the_pure_sources_are_free_of_android(as_format):
    sources = {path.rsplit("/", 1)[-1]: text for path, text in files_of(as_format).items() if path.endswith(".kt")}
    for name in PURE:
        imports = [line.split()[1] for line in sources[name].splitlines() if line.startswith("import ")]
        assert all(name.startswith(("java.", "kotlin.", "org.json.")) for name in imports)


def _lines(files):
    return files["build.gradle.kts"].splitlines()
