"""Real packages for C++, built with CMake and run: every runtime that is here agrees with the Keras original."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exporters.export import ExportOptions, export
from toolchain.packaging.build import write_package
from toolchain.packaging.rendering import CLIENTS

HERE = Path(__file__).parent / "cpp"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("cmake"), reason="apt-get install cmake g++ libjpeg62-turbo-dev libpng-dev"),
]

SCORES = ["bundle_score", "resized_score", "file_score"]
STAGES = [*([stage, "ok"] for stage in ("decoded", "resized", *SCORES)), ["passed."]]


@pytest.fixture(scope="module")
def packages(tiny_original, tmp_path_factory):
    """The tiny original as a package for C++, by format."""
    folder = tmp_path_factory.mktemp("packages")

    def package(format_name):
        target = folder / format_name
        if not target.exists():
            bundle = export(
                [tiny_original], format_name, "fp32", folder / f"{format_name}-bundle", ExportOptions(), lambda _: None
            )
            write_package(bundle, "cpp", target)
        return target

    return package


def quiet(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def program(package, runtime, **settings):
    """Build a package as its README says; return the program."""
    folder = package / f"build-{runtime}"
    given = [f"-D{key}={value}" for key, value in settings.items()]
    quiet("cmake", "-S", package, "-B", folder, f"-DRUNTIME={runtime}", *given)
    quiet("cmake", "--build", folder)
    return folder / "rct_classify"


def embedded(package, folder, runtime, **settings):
    """Build a program that links the package's library as its README says; return it."""
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.18)\nproject(mine CXX)\n"
        f"add_subdirectory({package} rct)\nadd_executable(mine {HERE / 'embedded.cpp'})\n"
        "target_link_libraries(mine rct)\n",
        "utf-8",
    )
    given = [f"-D{key}={value}" for key, value in settings.items()]
    quiet("cmake", "-S", folder, "-B", folder / "build", f"-DRUNTIME={runtime}", *given)
    quiet("cmake", "--build", folder / "build", "--target", "mine")
    return folder / "build" / "mine"


def check_threads(package, mine):
    """The self-test passes with any number of threads, and two are one more than one."""
    running = {}
    for threads in (0, 1, 2):
        *_, verdict, last = quiet(mine, package, threads).splitlines()
        assert verdict == "passed."
        running[threads] = int(last.removesuffix(" threads"))
    assert running[2] == running[1] + 1
    done = subprocess.run([mine, package, "-1"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "threads: fewer than none (got -1).\n")


def check(package, classify):
    """Run the self-test, and a picture by itself."""
    lines = quiet(classify, package, "selftest").splitlines()
    assert [line.split()[:2] for line in lines] == STAGES
    picture = package / "golden/0.jpg"
    name, verdict, red, green = quiet(classify, package, picture).strip().split("\t")
    assert name == str(picture)
    assert red.startswith("red=0.")
    assert green.startswith("green=0.")
    assert verdict in {"allow", "review", "block"}


def test_openvino(packages, tmp_path, monkeypatch):
    openvino = pytest.importorskip("openvino", reason="pip install openvino")
    package = packages("openvino")
    classify = program(package, "openvino", OpenVINO_DIR=Path(openvino.__file__).parent / "cmake")
    check(package, classify)
    monkeypatch.setenv("RCT_OPENVINO_CACHE", str(tmp_path / "cache"))
    check(package, classify)
    assert list((tmp_path / "cache").iterdir())
    monkeypatch.delenv("RCT_OPENVINO_CACHE")
    openvino_dir = Path(openvino.__file__).parent / "cmake"
    check_threads(package, embedded(package, tmp_path / "mine", "openvino", OpenVINO_DIR=openvino_dir))


@pytest.mark.skipif(not Path("/usr/include/opencv4").exists(), reason="apt-get install libopencv-dev")
def test_opencv(packages, tmp_path):
    pytest.importorskip("onnx", reason="pip install onnx")
    package = packages("onnx")
    model = package / "model/model.onnx"
    quiet(sys.executable, package / "runtimes/opencv_model.py", model, f"{model}.opencv")
    check(package, program(package, "opencv"))
    check_threads(package, embedded(package, tmp_path / "mine", "opencv"))


@pytest.fixture(scope="module")
def onnxruntime_headers():
    """The folder of ``onnxruntime_c_api.h``: no wheel has it, a package of npm for Unity does."""
    if "ONNXRUNTIME_INCLUDE" in os.environ:
        return Path(os.environ["ONNXRUNTIME_INCLUDE"])
    if "RCT_ONNXRUNTIME_UNITY" in os.environ:
        package = Path(os.environ["RCT_ONNXRUNTIME_UNITY"]) / "node_modules/com.github.asus4.onnxruntime"
        return next(package.glob("Plugins/iOS~/*/ios-arm64/*/Headers"))
    return pytest.skip("npm install --prefix DIR com.github.asus4.onnxruntime, and RCT_ONNXRUNTIME_UNITY=DIR")


def test_onnxruntime(packages, onnxruntime_headers, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="pip install onnxruntime")
    (library,) = (Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.so.*")
    package = packages("onnx")
    link = package / "lib"
    link.mkdir(exist_ok=True)
    for name in ("libonnxruntime.so", "libonnxruntime.so.1"):
        (link / name).unlink(missing_ok=True)
        (link / name).symlink_to(library)
    settings = {"ONNXRUNTIME_INCLUDE": onnxruntime_headers, "ONNXRUNTIME_LIBRARY": link / "libonnxruntime.so"}
    check(package, program(package, "onnxruntime", **settings))
    check_threads(package, embedded(package, tmp_path / "mine", "onnxruntime", **settings))


@pytest.fixture
def litert_headers(tmp_path):
    """LiteRT's headers where they are named; else what the client uses of them, in files of their names."""
    if "LITERT_INCLUDE" in os.environ:
        return Path(os.environ["LITERT_INCLUDE"])
    for name in re.findall(r"#include <(litert/.*)>", (CLIENTS / "cpp/runtimes/litert.cpp").read_text("utf-8")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f'#include "{HERE / "litert.h"}"\n', "utf-8")
    return tmp_path


def test_litert(packages, litert_headers, tmp_path):
    litert = pytest.importorskip("ai_edge_litert", reason="pip install ai-edge-litert")
    library = Path(litert.__file__).parent / "libLiteRt.so"
    package = packages("tflite")
    settings = {"LITERT_INCLUDE": litert_headers, "LITERT_LIBRARY": library}
    check(package, program(package, "litert", **settings))
    check_threads(package, embedded(package, tmp_path / "mine", "litert", **settings))
