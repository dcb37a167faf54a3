"""The Kotlin client's parts that need no Android, compiled for the JVM and held to Pillow and the golden vectors."""

import json
import shutil
import subprocess
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from moving_pictures import write_pictures
from PIL import Image

from models.preprocessing import Preprocessing, resize
from toolchain.packaging.content import read_content
from toolchain.packaging.golden_files import golden_files, ppm
from toolchain.packaging.rendering import CLIENTS

ORG_JSON = Path("/usr/share/java/com.android.json.jar")
"""Android's org.json, as Debian packages it (libandroid-json-java)."""

DRIVER = Path(__file__).parent / "kotlin" / "Driver.kt"
PURE = ("Container.kt", "Contract.kt", "Pixels.kt", "Resampling.kt", "SelfTest.kt")
SIZES = [(97, 61), (61, 97), (8, 6), (3, 2), (1, 300), (300, 1), (200, 6), (8, 120), (257, 191)]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("kotlinc-jvm"), reason="there is no Kotlin compiler (kotlinc-jvm)"),
    pytest.mark.skipif(not ORG_JSON.exists(), reason="Android's org.json is not installed"),
]


@pytest.fixture(scope="module")
def classes(tmp_path_factory):
    out = tmp_path_factory.mktemp("classes")
    sources = [str(CLIENTS / "android/src/main/kotlin/rct" / name) for name in PURE]
    command = ["kotlinc-jvm", "-cp", str(ORG_JSON), *sources, str(DRIVER), "-d", str(out)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert ".kt" not in done.stderr  # no warning either
    return out


@pytest.fixture
def run(classes, tmp_path):
    """Do jobs in one JVM."""

    def run(jobs):
        (tmp_path / "jobs.json").write_text(json.dumps(jobs))
        command = ["kotlin", "-cp", f"{classes}:{ORG_JSON}", "rct.DriverKt", str(tmp_path / "jobs.json")]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    return run


@pytest.fixture
def manifest(as_format):
    """The manifest as a document, to be changed."""
    return json.loads((as_format("tflite").path / "manifest.json").read_text())


def test_what_moves_or_takes_minutes_is_refused(run, tmp_path):
    (tmp_path / "pictures").mkdir()
    expected = write_pictures(tmp_path / "pictures")
    answers = run([{"do": "container", "from": str(path)} for path in expected])
    assert [answer.removeprefix("refused: ") for answer in answers] == list(expected.values())


def saved(folder, index, size):
    height, width = map(int, size.split())
    return np.frombuffer((folder / f"{index}.out").read_bytes(), np.uint8).reshape(height, width, 3)


@pytest.mark.parametrize("fit", ["stretch", "cover", "contain"])
@pytest.mark.parametrize("name", ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"])
def test_it_resizes_as_pillow_does(name, fit, run, manifest, tmp_path):
    size = {"width": 31, "height": 24, "filter": name, "fit": fit}
    rule = {"width": 28, "height": 21, "resize": size, "background": [9, 200, 30]}
    manifest["spec"]["preprocessing"] |= rule
    noise = np.random.default_rng(7)
    pictures = [noise.integers(0, 256, (height, width, 3), np.uint8) for width, height in SIZES]
    jobs = []
    for index, pixels in enumerate(pictures):
        (tmp_path / f"{index}.ppm").write_bytes(ppm(pixels))
        paths = {"from": str(tmp_path / f"{index}.ppm"), "to": str(tmp_path / f"{index}.out")}
        jobs.append({"do": "resize", "manifest": json.dumps(manifest), **paths})
    for index, (pixels, size) in enumerate(zip(pictures, run(jobs), strict=True)):
        theirs = resize(pixels, Preprocessing.model_validate(rule)).astype(int)
        off = np.abs(saved(tmp_path, index, size) - theirs)
        assert off.max() <= (0 if name == "nearest" else 1), SIZES[index]


@pytest.mark.parametrize("name", ["bilinear", "bicubic"])
def test_it_takes_rows_first_when_pillow_does(name, run, manifest, tmp_path):
    """The order decides a rounding here and there, so on noise every pixel is right in one of the two only."""
    size, noise = {"width": 31, "height": 24, "filter": name, "fit": "stretch"}, np.random.default_rng(7)
    rule = {"width": 31, "height": 24, "resize": size}
    manifest["spec"]["preprocessing"] |= rule
    sizes = [(31 + wider, 24 + 2 * wider + taller) for wider in (-12, -3, 0, 4, 40) for taller in (-1, 0, 1, 2)]
    sizes = [(width, height) for width, height in sizes if height > 0] + [(28, 26), (30, 25)]
    jobs, pictures = [], [noise.integers(0, 256, (height, width, 3), np.uint8) for width, height in sizes]
    for index, pixels in enumerate(pictures):
        (tmp_path / f"{index}.ppm").write_bytes(ppm(pixels))
        paths = {"from": str(tmp_path / f"{index}.ppm"), "to": str(tmp_path / f"{index}.out")}
        jobs.append({"do": "resize", "manifest": json.dumps(manifest), **paths})
    for index, (pixels, size) in enumerate(zip(pictures, run(jobs), strict=True)):
        theirs = resize(pixels, Preprocessing.model_validate(rule))
        np.testing.assert_array_equal(saved(tmp_path, index, size), theirs, err_msg=str(sizes[index]))


def test_it_turns_as_pillow_does(run, tmp_path):
    pixels = np.random.default_rng(3).integers(0, 256, (5, 7, 3), np.uint8)
    (tmp_path / "in.ppm").write_bytes(ppm(pixels))
    turns = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"}
    turns |= {6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"}
    numbers = range(10)
    jobs = [
        {"do": "turn", "orientation": n, "from": str(tmp_path / "in.ppm"), "to": str(tmp_path / f"{n}.out")}
        for n in numbers
    ]
    for n, size in zip(numbers, run(jobs), strict=True):
        picture = Image.fromarray(pixels)
        expected = picture.transpose(Image.Transpose[turns[n]]) if n in turns else picture
        np.testing.assert_array_equal(saved(tmp_path, n, size), np.asarray(expected))


def test_transparency_is_laid_on_the_background(run, tmp_path):
    rgba = np.random.default_rng(5).integers(0, 256, (40, 50, 4), np.uint8)
    (tmp_path / "in").write_bytes(rgba.tobytes())
    job = {"do": "lay", "width": 50, "height": 40, "from": str(tmp_path / "in"), "to": str(tmp_path / "0.out")}
    (size,) = run([job])
    alpha = rgba[..., 3:] / 255
    np.testing.assert_array_equal(
        saved(tmp_path, 0, size), np.floor(alpha * rgba[..., :3] + (1 - alpha) * [255, 7, 0] + 0.5)
    )


def test_it_judges_by_the_manifest(run, manifest):
    cases = {("0.24", "0.49"): "ALLOW", ("0.25", "0"): "REVIEW", ("0.75", "0"): "BLOCK", ("0", "NaN"): "REVIEW"}
    cases[("NaN", "0.5")] = "BLOCK"
    jobs = [{"do": "judge", "manifest": json.dumps(manifest), "scores": scores} for scores in cases]
    assert [answer["verdict"] for answer in run(jobs)] == list(cases.values())


def test_what_it_cannot_do_is_refused_by_name(run, manifest, tmp_path):
    def changed(**fields):
        return {"do": "judge", "manifest": json.dumps(manifest | fields), "scores": ["0", "0"]}

    (tmp_path / "model").write_bytes(b"tampered")
    path = manifest["model"]
    tampered = {"do": "check", "manifest": json.dumps(manifest), "path": path, "from": str(tmp_path / "model")}
    any_size = [manifest["inputs"][0] | {"shape": [None, None, None, 3]}]
    answers = run([changed(schema_version="rct.bundle/9"), changed(format="onnx"), changed(inputs=any_size), tampered])
    assert answers == [
        "refused: manifest.json: unknown version (got rct.bundle/9).",
        "refused: manifest.json: this client runs format tflite (got onnx).",
        "refused: manifest.json: a model that takes any size is left out of this client.",
        f"refused: {path}: not what the manifest says.",
    ]


def test_the_self_test_names_each_stage(run, as_format, tmp_path):
    content = read_content(as_format("tflite"))
    for name, file in golden_files(content).items():
        (tmp_path / name).write_bytes(file)
    document = json.loads((tmp_path / "golden.json").read_text())
    (picture,) = document["pictures"]
    scores = picture["scores"]
    own = copytree(tmp_path, tmp_path / "own")
    picture["bundle_scores"] = [scores[0], scores[1] - 0.05]
    document["tolerance"] |= {"bundle_score": 0.01, "resized_score": 0.2, "file_score": 0.2}
    (own / "golden.json").write_text(json.dumps(document))
    text = (content.bundle.path / "manifest.json").read_text()

    def job(scores, folder=tmp_path):
        return {"do": "selftest", "manifest": text, "golden": str(folder), "scores": list(map(str, scores))}

    answers = run([job(scores), job([scores[0] + 0.1, scores[1]]), job(["NaN", scores[1]]), job(scores, own)])
    wrong = {"decoded": True, "resized": True, "resized_score": False, "file_score": False}
    far_from_its_own = dict.fromkeys(wrong, True) | {"bundle_score": False}
    assert answers == [dict.fromkeys(wrong, True), wrong, wrong, far_from_its_own]
