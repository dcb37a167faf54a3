"""``rct doctor``: on this machine, and on environments that are known to be bad."""

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from models.runtimes import runtime_names
from toolchain.diagnosis import plugins
from toolchain.diagnosis.diagnose import diagnose
from toolchain.diagnosis.machine import Gpu, gpus_in
from toolchain.diagnosis.packages import PACKAGES, package_problems
from toolchain.diagnosis.plugins import Plugin, Providers
from toolchain.diagnosis.tables import diagnosis_tables
from toolchain.output import Output

ROOT = Path(__file__).parents[2]


def test_this_machine(rct):
    shown = rct("doctor", "--json")
    found = json.loads(shown.out)
    assert found["packages"]["numpy"] == version("numpy")
    assert found["python"] == sys.version.split()[0]
    assert found["machine"]["usable_cores"] >= 1
    assert {one["name"] for one in found["runtimes"]} == set(runtime_names())
    assert "CPUExecutionProvider" in found["providers"]["built_in"]
    assert found["passed"] is (shown.code == 0)


def test_the_table_fits(rct):
    shown = rct("doctor")
    assert max(map(len, shown.out.splitlines())) <= 80
    for name in ("machine", "packages", "ONNX Runtime", "formats and runtimes", "verdict"):
        assert f"\n{name}\n" in shown.out


def test_we_look_at_everything_that_we_need():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {Requirement(line).name for line in project["dependencies"]} <= set(PACKAGES)


@pytest.fixture
def environment(tmp_path):
    """Lay packages out as pip does, metadata only, and let a fresh Python see them before all others."""

    def environment(*described):
        for name, found, *requirements in described:
            folder = tmp_path / f"{name.replace('-', '_')}-{found}.dist-info"
            folder.mkdir()
            lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {found}"]
            lines += [f"Requires-Dist: {line}" for line in requirements]
            (folder / "METADATA").write_text("\n".join(lines) + "\n")
        script = (
            "import json, sys; sys.path.insert(0, sys.argv[1])\n"
            "from toolchain.diagnosis.packages import package_problems\n"
            "print(json.dumps([[one.subject, one.what, one.remedy] for one in package_problems()]))"
        )
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, env=variables
        )
        return json.loads(done.stdout)

    return environment


def test_both_onnxruntimes(environment):
    problems = environment(("onnxruntime", "1.31.1"), ("onnxruntime-gpu", "1.31.1"))
    ((subject, what, remedy),) = [one for one in problems if "same folder" in one[1]]
    assert subject == "onnxruntime and onnxruntime-gpu"
    assert "into the same folder onnxruntime" in what
    assert remedy == "pip uninstall -y onnxruntime onnxruntime-gpu && pip install onnxruntime-gpu"


def test_a_requirement_that_is_not_met(environment):
    problems = environment(("tensorflow", "2.21.0", "numpy<2.2,>=1.26", "jax; extra == 'x'"), ("numpy", "2.4.6"))
    assert [
        "tensorflow 2.21.0",
        "needs numpy<2.2,>=1.26 (got 2.4.6)",
        "pip install tensorflow 'numpy<2.2,>=1.26'",
    ] in problems


def test_two_cuda_releases(environment):
    problems = environment(("nvidia-cuda-runtime-cu12", "12.9.79"), ("nvidia-cuda-runtime", "13.0.96"))
    (problem,) = [one for one in problems if "CUDA" in one[1]]
    assert problem[0] == "nvidia-cuda-runtime 13.0.96 and nvidia-cuda-runtime-cu12 12.9.79"


def test_one_cuda_release_is_sound(environment):
    assert not [one for one in environment(("nvidia-cuda-runtime", "13.0.96")) if "CUDA" in one[1]]


def test_a_backend_that_is_not_there(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "abacus")
    assert "KERAS_BACKEND=abacus" in {problem.subject for problem in package_problems()}


def test_a_problem_fails_the_command_and_names_its_remedy(rct, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "abacus")
    shown = rct("doctor")
    assert shown.code == 1
    assert "FAIL" in shown.out
    assert "KERAS_BACKEND=abacus is not installed." in shown.out
    assert "unset KERAS_BACKEND" in shown.out
    assert shown.err.splitlines()[-1].startswith("rct: environment: ")


def test_a_plugin_without_its_package():
    missing = Plugin("openvino", "openvino", None)
    assert not missing.ready
    assert missing.remedy == "pip install openvino"
    assert Plugin("null", "", None).ready


def test_the_gpu_flavour_stands_in_for_the_plain_one(monkeypatch):
    monkeypatch.setattr(plugins, "installed", {"onnxruntime-gpu": "1.31.1"}.get)
    (plugin,) = [one for one in plugins.runtime_plugins() if one.name == "onnxruntime"]
    assert (plugin.package, plugin.version) == ("onnxruntime-gpu", "1.31.1")


def test_gpus_as_the_driver_prints_them():
    text = "NVIDIA H200, 570.133.20, 143771\nNVIDIA H200, 570.133.20, 143771\n"
    assert gpus_in(text) == (Gpu("NVIDIA H200", "570.133.20", 143771 << 20),) * 2
    assert gpus_in("") == gpus_in("No devices were found\n") == gpus_in("NVIDIA, 1, [N/A]\n") == ()


def test_it_works_without_what_it_diagnoses(monkeypatch, capsys):
    """A Python without ONNX Runtime, and without what the formats import."""

    def missing():
        raise ImportError("No module named 'numpy'")

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    monkeypatch.setattr("models.keras_backend.find_spec", lambda _: object())
    monkeypatch.setattr("toolchain.diagnosis.diagnose.format_plugins", missing)
    found = diagnose()
    assert found.providers == Providers()
    assert {problem.subject for problem in found.problems} >= {"rct", "onnxruntime"}
    Output().show(*diagnosis_tables(found))
    assert "No module named 'numpy'" in " ".join(capsys.readouterr().out.split())


def test_it_starts_without_our_dependencies():
    script = (
        "import sys; import toolchain.diagnosis.diagnose\n"
        "print(sorted({'numpy', 'pydantic', 'tensorflow', 'keras', 'onnx', 'onnxruntime'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
