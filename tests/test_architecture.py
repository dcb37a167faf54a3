"""The plan of the house, held: who may import whom, names that say something, a light start, nothing of a machine."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "models": {"models"},
    "exporters": {"exporters", "models"},
    "benchmarks": {"benchmarks", "models"},
    "toolchain": {"toolchain", "models", "exporters", "benchmarks"},
}
EMPTY_NAMES = {"base", "common", "helper", "helpers", "misc", "util", "utils"}
HEAVY = {
    "ai_edge_litert", "cleanlab", "cryptography", "cv2", "cyclonedx", "fastapi", "httpx", "imagehash", "jax", "jinja2",
    "keras", "matplotlib", "numpy", "onnx", "onnxruntime", "openvino", "pandas", "PIL", "pyarrow", "ray", "scipy",
    "sklearn", "tensorboard", "tensorflow", "tf2onnx", "torch", "uvicorn",
}  # fmt: skip
MODULES = sorted(path for package in MAY_IMPORT for path in (ROOT / package).rglob("*.py"))


def name_of(module: Path) -> str:
    return module.relative_to(ROOT).as_posix()


def imported(module: Path) -> Iterator[str]:
    """Yield the dotted name of every module that ``module`` imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(module)}:{node.lineno}: import by the full name, not by dots"
            assert node.module is not None
            yield node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(argument.value) for argument in node.args[:1] if isinstance(argument, ast.Constant))


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_a_module_imports_only_from_its_own_floor_and_those_below(module: Path) -> None:
    package = name_of(module).partition("/")[0]
    ours = {name.partition(".")[0] for name in imported(module)} & set(MAY_IMPORT)
    assert ours <= MAY_IMPORT[package], f"{package} may not import {', '.join(ours - MAY_IMPORT[package])}"


def test_no_test_is_imported() -> None:
    importers = [
        name_of(path)
        for path in [*MODULES, *(ROOT / "tests").rglob("*.py")]
        if any(name.partition(".")[0] == "tests" for name in imported(path))
    ]
    assert not importers, "tf2onnx installs a package of the name tests, so ours cannot be imported"


def test_every_name_says_what_is_inside() -> None:
    parts = {part for module in MODULES for part in module.relative_to(ROOT).with_suffix("").parts}
    assert not parts & EMPTY_NAMES


def test_click_is_not_imported_because_typer_brings_its_own() -> None:
    assert not [
        name_of(module) for module in MODULES if "click" in {name.partition(".")[0] for name in imported(module)}
    ]


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["export", "--help"], ["verify", "--help"], ["data", "--help"]],
    ids=" ".join,
)
def test_asking_for_help_loads_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import json, sys\n"
        "from toolchain.cli import main\n"
        "code = main(json.loads(sys.argv[1]))\n"
        "print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(arguments)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert done.stdout.strip()
    assert not HEAVY & set(modules)


def text_files() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file of the project that is text."""
    places = [*MAY_IMPORT, "tests", "docs", ".ci"]
    files = [path for place in places for path in (ROOT / place).rglob("*")] + list(ROOT.glob("*"))
    for path in sorted(files):
        if path.is_file() and "__pycache__" not in path.parts:
            try:
                yield name_of(path), path.read_text("utf-8")
            except UnicodeDecodeError:
                continue


def test_no_file_names_a_place_on_a_machine() -> None:
    somebodys_home = re.compile(r"(?<![\w.])(?:/home|/Users|[A-Z]:\\+Users)[/\\]+[a-z]\w*[/\\]")
    here = [str(place) for place in {ROOT, Path.home(), Path(sys.prefix)} if len(place.parts) > 1]
    found = [
        name
        for name, text in text_files()
        if somebodys_home.search(text) or any(re.search(rf"{re.escape(place)}(?![\w-])", text) for place in here)
    ]
    assert not found


def test_no_file_names_a_package_index() -> None:
    index = re.compile(
        r"https?://[\w.-]*(?:pypi|pythonhosted|artifactory|nexus|registry|conda)[\w.-]*|--(?:extra-)?index-url"
    )
    found = [name for name, text in text_files() if index.search(text)]
    assert not found
