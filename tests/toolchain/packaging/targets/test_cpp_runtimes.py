"""Real packages for C++, built with CMake and run: every runtime that is here agrees with the Keras original."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exporters.export import ExportOptions, export
from toolchain.packaging.build import write_package

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


@pytest.mark.skipif(not Path("/usr/include/opencv4").exists(), reason="apt-get install libopencv-dev")
def test_opencv(packages):
    pytest.importorskip("onnx", reason="pip install onnx")
    package = packages("onnx")
    model = package / "model/model.onnx"
    quiet(sys.executable, package / "runtimes/opencv_model.py", model, f"{model}.opencv")
    check(package, program(package, "opencv"))


@pytest.mark.skipif("ONNXRUNTIME_INCLUDE" not in os.environ, reason="set ONNXRUNTIME_INCLUDE: no wheel has the header")
def test_onnxruntime(packages):
    onnxruntime = pytest.importorskip("onnxruntime", reason="pip install onnxruntime")
    (library,) = (Path(onnxruntime.__file__).parent / "capi").glob("libonnxruntime.so.*")
    package = packages("onnx")
    link = package / "lib"
    link.mkdir(exist_ok=True)
    for name in ("libonnxruntime.so", "libonnxruntime.so.1"):
        (link / name).unlink(missing_ok=True)
        (link / name).symlink_to(library)
    settings = {"INCLUDE": os.environ["ONNXRUNTIME_INCLUDE"], "LIBRARY": link / "libonnxruntime.so"}
    check(package, program(package, "onnxruntime", **{f"ONNXRUNTIME_{key}": value for key, value in settings.items()}))


@pytest.mark.skipif("LITERT_INCLUDE" not in os.environ, reason="set LITERT_INCLUDE: no wheel has the headers")
def test_litert(packages):
    litert = pytest.importorskip("ai_edge_litert", reason="pip install ai-edge-litert")
    library = Path(litert.__file__).parent / "libLiteRt.so"
    package = packages("tflite")
    check(package, program(package, "litert", LITERT_INCLUDE=os.environ["LITERT_INCLUDE"], LITERT_LIBRARY=library))
