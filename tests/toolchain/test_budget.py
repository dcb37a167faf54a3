"""``rct export --quantize auto``: the budget, the search, and real searches on the tiny network."""

import json

import numpy as np
import onnx
import pytest
from PIL import Image

from benchmarks.observations import Observations
from benchmarks.parity import judge, tolerance_for
from models.errors import UserError
from toolchain.budget import NO_BUDGET, Budget, judged, read_budget
from toolchain.budget_search import fewest_that_hold


@pytest.mark.parametrize(
    ("given", "share"), [("0.1%", 0.001), ("0.001", 0.001), ("0", 0.0), (" 2 %", 0.02), (None, None)]
)
def test_shares_are_read(given, share):
    assert read_budget(given, None).max_flips == (None if share is None else pytest.approx(share))


@pytest.mark.parametrize("given", ["much", "-1%", "101%", "nan", ""])
def test_what_is_no_share_is_one_line(given):
    with pytest.raises(UserError, match=r"--max-flips: not a share \(got .*\)\. Give it as 0\.1% or 0\.001\."):
        read_budget(given, None)


@pytest.mark.parametrize("least", [*range(1, 12), None])
@pytest.mark.parametrize("most", [1, 2, 7, 11])
def test_the_search_finds_the_fewest(least, most):
    asked = []

    def holds(count):
        asked.append(count)
        return least is not None and count >= least

    expected = least if least is not None and least <= most else None
    assert fewest_that_hold(holds, most) == expected
    assert len(asked) == len(set(asked)), "nothing is tried twice"
    assert all(1 <= count <= most for count in asked)


def report(tiny_original, flipped, labels):
    spec = tiny_original.manifest.spec
    scores = np.tile(np.linspace(0.05, 0.95, 100, dtype=np.float32)[:, None], (1, 2))
    changed = scores.copy()
    changed[:flipped] = 0.9
    truth = (scores > 0.5) if labels else None
    seen = Observations(scores, changed, tuple(map(str, range(100))), truth)
    return judge(seen, spec, tolerance_for("int8"))


def test_a_report_is_held_to_the_budget(tiny_original):
    trial = judged("int8", (), report(tiny_original, 2, labels=True), Budget(max_flips=0.01, max_auc_drop=0.001))
    assert trial.flips == pytest.approx(0.02)
    assert trial.auc_drop == pytest.approx(2 * 0.88 / 50, rel=1e-3)
    assert trial.broken[:2] == ("red: 2 % flips at review", "red: 2 % flips at block")
    assert trial.broken[2].startswith("red: ROC-AUC falls by 0.0")
    assert not trial.held
    assert judged("int8", (), report(tiny_original, 2, labels=False), Budget(max_flips=0.02)).held


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--quantize", "auto"], "--quantize auto: without a budget. Give --max-flips, --max-auc-drop or both."),
        (["--quantize", "int8", "--max-flips", "1%"], "--max-flips and --max-auc-drop: a budget, and --quantize int8."),
        (
            ["--quantize", "auto", "--max-flips", "1%", "--format", "saved_model"],
            "--quantize auto: saved_model has no mixed int8.",
        ),
        (
            ["--quantize", "auto", "--max-flips", "1%", "--rounding", "nearest"],
            "--quantize auto: ranks layers by logit-error alone.",
        ),
        (
            ["--quantize", "auto", "--max-flips", "1%", "--float-layers", "conv1"],
            "--quantize auto: chooses the layers in float by itself.",
        ),
        (
            ["--format", "all", "--max-flips", "1%"],
            "--quantize auto: finds a recipe for one format (got --format all).",
        ),
        (["--quantize", "auto", "--max-auc-drop", "0.1"], "--max-auc-drop: needs labels, and the pictures have none."),
        (["--quantize", "fp32", "--float-layers", "conv1"], "--float-layers: fp32 is in float throughout."),
        (["--quantize", "int8", "--float-layers", "conv77"], "--float-layers: no such layer (got 'conv77')."),
        (
            ["--format", "tflite", "--quantize", "int8", "--float-layers", "conv1"],
            "--float-layers: LiteRT's first convolution takes bytes",
        ),
    ],
)
def test_what_is_refused_is_one_line(rct, tiny_original, arguments, line):
    shown = rct("export", tiny_original.path, *arguments, "--quiet")
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.startswith(f"rct: {line}")
    assert shown.err.count("\n") == 1


@pytest.fixture(scope="module")
def examples(tmp_path_factory, pictures):
    folder = tmp_path_factory.mktemp("examples")
    for index, pixels in enumerate(pictures):
        Image.fromarray(pixels[::-1]).save(folder / f"{index:02}.png")
    return folder


@pytest.mark.parametrize("format_name", ["onnx", pytest.param("tflite", marks=pytest.mark.slow)])
def test_a_generous_budget_is_met_by_int8(rct, tiny_original, calibration_folder, examples, tmp_path, format_name):
    common = ("--calibrate", calibration_folder, "--images", examples, "--quiet", "--json")
    arguments = ("--format", format_name, "--quantize", "auto", "--max-flips", "100%", "--out", tmp_path / "found")
    shown = rct("export", tiny_original.path, *arguments, *common)
    said = json.loads(shown.out)
    assert said["budget"]["recipe"] == "int8"
    assert said["budget"]["calibrator"] == "logit-error"
    assert [trial["broken"] for trial in said["budget"]["trials"]] == [[]]


def test_a_budget_that_nothing_meets_says_so_with_figures(
    rct, tiny_original, calibration_folder, examples, monkeypatch
):
    from toolchain import budget_search

    def over(recipe, float_layers, report, budget):
        trial = judged(recipe, float_layers, report, budget)
        return type(trial)(recipe, float_layers, 1.0, None, trial.logit_error, ("red: 100 % flips at review",))

    monkeypatch.setattr(budget_search, "judged", over)
    monkeypatch.setattr(budget_search, "worst_first", lambda *_: [("conv3_block1_2",)])
    arguments = ("--quantize", "auto", "--max-flips", "0", "--calibrate", calibration_folder, "--images", examples)
    shown = rct("export", tiny_original.path, *arguments, "--quiet")
    assert shown.code == 1
    assert (
        "no recipe stays within the budget (int8: red: 100 % flips at review; int8 with 1 layers in float" in shown.err
    )
    assert not (examples / "exports").exists()


@pytest.mark.parametrize(
    ("format_name", "layers", "first"),
    [
        pytest.param("onnx", "conv4,conv5", "conv4_block1_1", marks=pytest.mark.slow),
        pytest.param("onnx", "conv1,conv2_block1_1,conv2_block1_3,conv3", "conv1", marks=pytest.mark.slow),
        pytest.param("tflite", "conv4,conv5", "conv4_block1_1", marks=pytest.mark.slow),
    ],
)
def test_layers_in_float_bring_the_scores_nearer(
    rct, tiny_original, calibration_folder, examples, tmp_path, format_name, layers, first
):
    errors, sizes = {}, {}
    for name, chosen in (("all", ()), ("some", ("--float-layers", layers))):
        arguments = ("--format", format_name, "--quantize", "int8", *chosen, "--calibrate", calibration_folder)
        shown = rct(
            "export",
            tiny_original.path,
            *arguments,
            "--images",
            examples,
            "--out",
            tmp_path / name,
            "--quiet",
            "--json",
        )
        said = json.loads(shown.out)
        categories = said["parity"]["categories"].values()
        errors[name] = sum(category["difference"]["logit_mean_abs"] for category in categories)
        sizes[name] = sum(file["bytes"] for file in said["manifest"]["files"].values())
    assert errors["some"] < errors["all"]
    assert sizes["some"] > sizes["all"]
    assert said["manifest"]["details"]["float_layers"][0] == first
    if layers == "conv4,conv5" and format_name == "onnx":
        assert_floats_stay(tmp_path / "some" / "model.onnx")


def assert_floats_stay(path):
    """ONNX Runtime's own optimizations leave the convolutions in float alone."""
    import onnxruntime

    kinds = {}
    for disabled in ([], ["WeightBiasQuantization"]):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        optimized = path.parent.parent / f"optimized-{len(disabled)}.onnx"
        options.optimized_model_filepath = str(optimized)
        onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"], disabled_optimizers=disabled)
        nodes = onnx.load(optimized).graph.node
        kinds[len(disabled)] = [node.op_type for node in nodes if "Conv" in node.op_type]
    assert kinds[0] == kinds[1]
    assert sum(kind != "QLinearConv" for kind in kinds[0]) == 12


def test_a_layer_that_is_not_there_is_refused_before_the_calibration(rct, tiny_original, monkeypatch):
    from exporters import export

    monkeypatch.setattr(export, "prepare", lambda *_, **__: pytest.fail("minutes of work were begun"))
    shown = rct("export", tiny_original.path, "--quantize", "int8", "--float-layers", "conv3_block1_1,", "--quiet")
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert shown.err.startswith("rct: --float-layers: no such layer (got '').")


def test_no_budget_is_none():
    assert read_budget(None, None) == NO_BUDGET
