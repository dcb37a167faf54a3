"""What every target promises, whatever it is for."""

import hashlib
import json
from pathlib import Path, PurePosixPath

import pytest

from exporters.formats import format_names
from toolchain.packaging.build import package_files, write_package
from toolchain.packaging.content import read_content
from toolchain.packaging.paths import paths_problem
from toolchain.packaging.targets import target, target_names

SOURCES = {".py", ".c", ".cpp", ".h", ".hpp", ".kt", ".swift", ".js", ".mjs", ".ts", ".html"}


@pytest.fixture(params=target_names())
def name(request):
    return request.param


@pytest.fixture
def content(name, bundle_of):
    return read_content(bundle_of(target(name).FORMATS[0]))


def test_it_says_for_whom_it_is_and_what_it_runs(name):
    assert target(name).SUMMARY
    assert not target(name).SUMMARY.endswith(".")
    assert target(name).FORMATS
    assert set(target(name).FORMATS) <= set(format_names())


def test_the_same_bundle_gives_the_same_client(name, content):
    first, second = target(name).client(content), target(name).client(content)
    assert dict(first) == dict(second)
    assert all(isinstance(file, bytes | Path) for file in first.values())


def test_its_readme_says_what_it_is_in_text(name, content):
    readme = target(name).client(content)["README.md"].decode()
    assert readme.startswith("# ")
    assert "selftest" in readme.lower().replace("-", "").replace(" ", "")


def test_its_files_are_below_the_package_and_not_the_packages_own(name, content):
    files = package_files(content, target(name))
    assert paths_problem(files) == ""
    assert list(files) == sorted(files)


def test_each_source_file_is_under_200_lines(name, content):
    for path, file in target(name).client(content).items():
        if path == "classifier.py":  # joined of several, which test_joining.py looks at
            assert file.count(b"\n") < 400
        elif PurePosixPath(path).suffix in SOURCES and isinstance(file, bytes):
            assert file.count(b"\n") < 200, path


def test_a_package_is_the_same_bytes_and_lists_every_file(name, content, tmp_path):
    zips = [write_package(content.bundle, name, tmp_path / again) for again in ("one", "two")]
    assert zips[0].read_bytes() == zips[1].read_bytes()
    listed = json.loads((tmp_path / "one" / "contents.json").read_text("utf-8"))["files"]
    there = {path.relative_to(tmp_path / "one").as_posix(): path for path in (tmp_path / "one").rglob("*")}
    there = {name: path for name, path in there.items() if path.is_file() and name != "contents.json"}
    assert listed == {
        name: {"bytes": len(text := path.read_bytes()), "sha256": hashlib.sha256(text).hexdigest()}
        for name, path in there.items()
    }


def test_its_code_has_the_projects_licence(name, content):
    files = package_files(content, target(name))
    assert files["LICENSE"] == Path(__file__).parents[3].joinpath("LICENSE").read_bytes()
    assert b"Apache License" in files["NOTICE"]
    if "package.json" in files:
        assert json.loads(files["package.json"])["license"] == "Apache-2.0"
    if "Rct.podspec" in files:
        assert b':type => "Apache-2.0", :file => "LICENSE"' in files["Rct.podspec"]
