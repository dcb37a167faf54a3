"""``rct export --format all``: every format at once on the tiny network, and what one that fails does to the others."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from exporters.formats import format_names, load_format
from models.bundle import Bundle
from toolchain.exporting import export_and_compare

PRESENT = {"onnx", "saved_model", "tflite"}
"""The formats whose packages every installation has."""


@pytest.fixture(scope="module")
def images(tmp_path_factory, pictures):
    """The generated pictures as files."""
    folder = tmp_path_factory.mktemp("images")
    for index, pixels in enumerate(pictures):
        Image.fromarray(pixels).save(folder / f"{index:02}.png")
    return folder


@pytest.fixture
def every(rct, tiny_original, images):
    """Run ``rct export --format all`` on the tiny original."""

    def every(*arguments):
        return rct("export", tiny_original.path, "--format", "all", "--images", images, *arguments)

    return every


@pytest.fixture
def only(monkeypatch):
    """Leave formats of these names only."""

    def only(*names):
        monkeypatch.setattr("toolchain.export_all.format_names", lambda: names)

    return only


def rows_of(shown):
    """Return the records of a JSON answer by their format."""
    return {row["format"]: row for row in json.loads(shown.out)}


def cells_of(shown, format_name):
    """Return the first line of a format's row, as words."""
    (line,) = [line for line in shown.out.splitlines() if line.startswith(f"{format_name} ")]
    return line.split()[1:]


def failing(format_name, error, monkeypatch):
    """Make a format raise ``error`` where it would write its model."""

    def write(network, job):
        (job.folder / "half").write_text("a model")
        raise error

    monkeypatch.setattr(load_format(format_name), "write", write)


@pytest.mark.slow
def test_every_format_is_a_bundle_in_one_folder(every, tmp_path):
    shown = every("--json", "--out", "made", "--opset", "17", "--name", "mine")
    assert shown.code == 0, shown.err
    rows = rows_of(shown)
    assert tuple(rows) == format_names()
    passed = {name for name, row in rows.items() if row["outcome"] == "passed"}
    assert passed >= PRESENT
    assert {row["outcome"] for row in rows.values()} <= {"passed", "not installed"}
    for name, row in rows.items():
        assert row["recipe"] == load_format(name).RECIPES[0]
        assert row["left_out"] == ([] if name == "onnx" else ["--opset"])
        assert (row["export"] is not None) == (name in passed)
    made = {path.name for path in (tmp_path / "made").iterdir()}
    assert made == {f"mine-{name}-{rows[name]['recipe']}" for name in passed}
    for name in passed:
        bundle = Bundle.open(Path(rows[name]["export"]["bundle"]))
        assert (bundle.manifest.format, bundle.path.parent) == (name, Path("made"))
    assert rows["onnx"]["export"]["manifest"]["details"]["opset"] == 17
    assert shown.err.splitlines()[-1] == "Next: rct verify made/mine-onnx-fp32"


def test_one_that_fails_is_a_row_and_the_others_go_on(every, only, monkeypatch, tmp_path):
    only("onnx", "saved_model")
    failing("onnx", ZeroDivisionError("nothing to divide by\nsecond line"), monkeypatch)
    shown = every()
    assert shown.code == 1
    assert "Traceback" not in shown.err
    assert cells_of(shown, "onnx")[:2] == ["fp32", "failed:"]
    words = " ".join(line[50:].strip() for line in shown.out.splitlines() if line[:5] in {"onnx ", "     "})
    assert "failed: ZeroDivisionError: nothing to divide by" in words
    assert "second line" not in shown.out + shown.err
    assert cells_of(shown, "saved_model")[-1] == "PASS"
    assert max(map(len, shown.out.splitlines())) <= 80
    assert [path.name for path in (tmp_path / "exports").iterdir()] == ["red-green-saved_model-fp32"]
    last = shown.err.splitlines()[-1]
    assert last.startswith("rct: --format all: 1 of 2 failed (onnx). On its own it says more: rct export ")
    assert last.endswith("/tiny --format onnx.")


def test_an_interruption_is_not_a_row(every, only, monkeypatch, tmp_path):
    only("onnx", "saved_model")
    failing("onnx", KeyboardInterrupt(), monkeypatch)
    shown = every("--quiet")
    assert (shown.code, shown.out, shown.err) == (130, "", "rct: interrupted.\n")
    assert not list(tmp_path.glob("exports/*"))


def test_what_is_there_already_is_a_row_and_stays(every, only, tmp_path):
    only("onnx", "saved_model")
    (tmp_path / "exports" / "red-green-onnx-fp32").mkdir(parents=True)
    shown = every("--json", "--quiet")
    assert shown.code == 1
    rows = rows_of(shown)
    taken = "exports/red-green-onnx-fp32: already exists. Give --overwrite to replace it, or another --out."
    assert (rows["onnx"]["outcome"], rows["onnx"]["reason"]) == ("failed", taken)
    assert rows["saved_model"]["outcome"] == "passed"
    assert not list((tmp_path / "exports" / "red-green-onnx-fp32").iterdir())


@pytest.mark.parametrize(
    ("name", "package", "reason"),
    [
        pytest.param("openvino", "openvino", "not installed. pip install 'rct[openvino]'.", marks=pytest.mark.slow),
        ("stablehlo", "jax", "not installed. pip install 'rct[stablehlo]'."),
    ],
)
def test_a_format_whose_package_is_missing_does_not_fail(every, only, monkeypatch, name, package, reason):
    only(name, "saved_model")
    monkeypatch.setitem(sys.modules, package, None)
    shown = every("--json", "--quiet")
    assert (shown.code, shown.err) == (0, "")
    rows = rows_of(shown)
    assert (rows[name]["outcome"], rows[name]["reason"], rows[name]["export"]) == ("not installed", reason, None)
    assert rows["saved_model"]["outcome"] == "passed"


def test_nothing_but_missing_packages_is_nothing_done(every, only, monkeypatch):
    only("saved_model", "stablehlo")
    monkeypatch.setitem(sys.modules, "jax", None)
    shown = every("--quantize", "bf16", "--quiet")
    assert shown.code == 2
    assert cells_of(shown, "stablehlo")[:3] == ["bf16", "not", "installed."]
    assert shown.err == "rct: --format all: nothing was written. not installed. pip install 'rct[stablehlo]'.\n"


def test_a_format_without_the_recipe_is_a_row_and_no_failure(every, only):
    only("onnx", "saved_model")
    shown = every("--quantize", "fp16")
    assert shown.code == 0, shown.err
    assert cells_of(shown, "onnx")[-1] == "PASS"
    assert cells_of(shown, "saved_model") == ["fp16", "no", "such", "recipe", "(has", "fp32)"]
    assert shown.err.splitlines()[-1] == "Next: rct verify exports/red-green-onnx-fp16"


def test_a_value_that_one_format_refuses_costs_the_others_nothing(every, only):
    only("onnx", "saved_model")
    shown = every("--opset", "99")
    assert shown.code == 1
    assert "--opset: not supported (got 99)." in " ".join(shown.out.split())
    assert cells_of(shown, "saved_model")[-1] == "PASS"
    assert "--opset     not for saved_model" in shown.out


def test_one_that_decides_otherwise_fails(every, only, monkeypatch):
    only("onnx", "saved_model")
    write = load_format("onnx").write

    def altered(network, job):
        return write(replace(network, heads=tuple(with_bias(head) for head in network.heads)), job)

    def with_bias(head):
        *others, last = head.layers
        return replace(head, layers=(*others, replace(last, bias=last.bias + 3)))

    monkeypatch.setattr(load_format("onnx"), "write", altered)
    shown = every()
    assert shown.code == 1
    assert "FAIL" in cells_of(shown, "onnx")
    assert "largest score difference is" in " ".join(shown.out.split())
    assert cells_of(shown, "saved_model")[-1] == "PASS"
    problem = "1 of 2 failed (onnx). Look closer: rct verify exports/red-green-onnx-fp32 --by-layer."
    assert shown.err.splitlines()[-1] == f"rct: --format all: {problem}"


def test_a_row_is_the_worst_difference_and_all_the_flips(every, only, monkeypatch):
    only("openvino", "onnx")
    found = {}

    def flipped(request, options, progress, warn, **more):
        """The first category flips three pictures at each threshold, the second as few as it does."""
        exported = export_and_compare(request, options, progress, warn, **more)
        found[request.format] = exported
        first, second = exported.report.categories
        some = exported.report.pictures
        moved = {"newly_flagged": some[:2], "newly_missed": some[2:3]}
        points = {name: point.model_copy(update=moved) for name, point in first.operating_points.items()}
        categories = (first.model_copy(update={"operating_points": points}), second)
        return replace(exported, report=exported.report.model_copy(update={"categories": categories}))

    monkeypatch.setattr("toolchain.export_all.export_and_compare", flipped)
    shown = every("--quiet")
    for name, files in {"onnx": ["model.onnx"], "openvino": ["model.xml", "model.bin"]}.items():
        recipe, size, unit, difference, *rest = cells_of(shown, name)
        report, folder = found[name].report, found[name].bundle.path
        scores = np.subtract(*([getattr(one, side) for one in report.categories] for side in ("original", "candidate")))
        assert (recipe, rest[:4]) == ("fp32", ["3", "/", "3", "FAIL"])
        assert float(difference) == pytest.approx(np.abs(scores).max(), rel=0.01)
        assert f"{size} {unit}" == f"{sum((folder / file).stat().st_size for file in files) / 1000:.1f} kB"


@pytest.mark.slow
def test_formats_are_calibrated_together(every, only, monkeypatch, calibration_folder):
    from exporters import export

    only("onnx", "openvino")
    pytest.importorskip("openvino")
    made = []
    prepare = export.prepare
    monkeypatch.setattr(export, "prepare", lambda *a, **k: made.append(prepare(*a, **k)) or made[-1])
    options = ("--quantize", "int8", "--calibrate", calibration_folder, "--rounding", "nearest", "--target-cpu", "avx2")
    shown = every(*options, "--json", "--quiet")
    manifests = [row["export"]["manifest"] for row in rows_of(shown).values()]
    assert len(made) == 1
    assert [one["format"] for one in manifests] == ["onnx", "openvino"]
    assert manifests[0]["calibration"] == manifests[1]["calibration"]
    only("tflite", "openvino")  # LiteRT knows no other processor, so its weights have eight bits
    every(*options, "--json", "--quiet", "--overwrite")
    assert len(made) == 3


def test_a_picture_that_cannot_be_read_is_named_once(every, only, images, tmp_path, rct, tiny_original):
    only("onnx", "saved_model")
    own = tmp_path / "own"
    own.mkdir()
    (own / "good.png").write_bytes((images / "05.png").read_bytes())
    (own / "bad.png").write_bytes(b"not a picture")
    shown = rct("export", tiny_original.path, "--format", "all", "--images", own, "--quiet", "--json")
    assert shown.err.count("bad.png") == 1
    assert [row["export"]["parity"]["pictures"] for row in rows_of(shown).values()] == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--quantize", "int3"], "recipe: unknown name (got 'int3'). Known: bf16, fp16, fp32, int16x8, int8, "),
        (["nobody"], "nobody: no such classifier. "),
        (["--images", "nowhere"], "nowhere: no such file or folder."),
        (["--calibrate", "nowhere"], "nowhere: no such file or folder."),
        (["--out", "diary.txt"], "diary.txt: a file, where the bundles' folder is to be. Give another --out."),
    ],
)
def test_what_is_wrong_for_every_format_is_one_line(rct, tmp_path, arguments, line):
    (tmp_path / "diary.txt").write_text("mine")
    shown = rct("export", "--format", "all", *arguments, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {line}")
    assert shown.err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]
