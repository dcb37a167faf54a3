"""What is installed is what is here: the wheel, the locked set, and the two commands that a newcomer types."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = {"models", "exporters", "benchmarks", "toolchain"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
QUICK_START = "pip install . && rct export --format onnx"
DEVELOP = "pip install -e '.[test]' && pytest -n auto --dist loadfile"
OPTIONAL = {
    "cv2", "fastapi", "httptools", "jax", "ml_dtypes", "nncf", "opennsfw2", "openvino", "prometheus_client", "ray",
    "starlette", "torch", "torchvision", "uvicorn",
}  # fmt: skip
"""Asked for where the user has chosen them, and missed in one line where they are not there."""
PLATFORMS = [
    pytest.param({"sys_platform": "linux", "platform_machine": "x86_64"}, "onnxruntime-gpu", id="linux-x86_64"),
    pytest.param({"sys_platform": "linux", "platform_machine": "aarch64"}, "onnxruntime", id="linux-aarch64"),
    pytest.param({"sys_platform": "win32", "platform_machine": "AMD64"}, "onnxruntime-gpu", id="windows"),
    pytest.param({"sys_platform": "darwin", "platform_machine": "arm64"}, "onnxruntime", id="mac"),
]


def locked() -> list[Requirement]:
    """Return the pins of constraints.txt, with their markers and without their hashes."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").replace("\\\n", "").splitlines()
    return [Requirement(line.partition("--hash")[0].strip()) for line in lines]


def applicable(requirements: list[Requirement], environment: dict[str, str]) -> dict[str, Requirement]:
    """Return, by name, the requirements that hold where ``environment`` overrides this machine's."""
    return {
        canonicalize_name(requirement.name): requirement
        for requirement in requirements
        if requirement.marker is None
        or requirement.marker.evaluate({**default_environment(), "extra": "", **environment})
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_four_packages_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    here = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == here
    assert {name.partition("/")[0] for name in packed} == PACKAGES
    assert {f"{package}/py.typed" for package in PACKAGES} <= packed


def test_the_wheel_carries_the_licences_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {
            name.partition(".dist-info/")[2]: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "rct = toolchain.cli:main" in texts["entry_points.txt"]
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert {"licenses/LICENSE", "licenses/NOTICE"} <= set(texts)


def test_readme_has_exactly_two_setup_commands() -> None:
    commands = re.findall(r"^.*\bpip install\b.*$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert commands == [QUICK_START, DEVELOP]


def test_what_the_packages_import_is_what_they_declare() -> None:
    brought_by = {module: set(map(canonicalize_name, names)) for module, names in packages_distributions().items()}
    declared = set(applicable([Requirement(text) for text in PROJECT["dependencies"]], {}))
    for module in (path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        if "clients" in module.parts:  # what a client imports is for those who get it
            continue
        for name in imported(module) - PACKAGES - sys.stdlib_module_names - OPTIONAL:
            assert brought_by.get(name, set()) & declared, f"{module.relative_to(ROOT)} imports {name}"


def imported(module: Path) -> set[str]:
    """Return the top-level names that a module imports, at its top or inside a function."""
    nodes = list(ast.walk(ast.parse(module.read_text("utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {
        name.partition(".")[0]
        for name in plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    }


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    extras = [text for requirements in PROJECT["optional-dependencies"].values() for text in requirements]
    for requirement in map(Requirement, [*PROJECT["dependencies"], *extras]):
        assert {specifier.operator for specifier in requirement.specifier} == {">=", "<"}, requirement


@pytest.mark.parametrize(("environment", "runtime"), PLATFORMS)
def test_exactly_one_onnxruntime_is_installed(environment: dict[str, str], runtime: str) -> None:
    for requirements in (locked(), [Requirement(text) for text in PROJECT["dependencies"]]):
        names = set(applicable(requirements, environment))
        assert names & {"onnxruntime", "onnxruntime-gpu"} == {runtime}


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0"])
@pytest.mark.parametrize(("platform", "runtime"), PLATFORMS)
def test_the_locked_set_has_each_dependency_within_its_bounds(
    python: str, platform: dict[str, str], runtime: str
) -> None:
    environment = {**platform, "python_full_version": python, "python_version": python[:-2]}
    pins = applicable(locked(), environment)
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    for name, requirement in applicable([Requirement(text) for text in wanted], environment).items():
        assert name in pins, "run .ci/lock"
        (pin,) = pins[name].specifier
        assert requirement.specifier.contains(pin.version), "run .ci/lock"


def test_every_locked_package_has_hashes() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    entries = re.findall(r"^(\S+)==.*\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE)
    assert len(entries) == len(locked())
