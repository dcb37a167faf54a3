"""``rct verify`` on bundles whose every score is known from the colours of the pictures."""

import json

import pytest

from benchmarks.metrics import metric, metric_names
from benchmarks.parity_report import ParityReport
from models.bundle import seal
from models.runtimes.null import write_null
from models.spec import Thresholds
from toolchain.verification.report import VerificationReport


def test_a_bundle_that_decides_alike(verify, export):
    bundle = export()
    shown = verify(bundle)
    assert shown.code == 0
    assert "PASS" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err.splitlines()[-1] == f"Next: rct predict {bundle.path} PICTURES"


def test_a_bundle_that_does_not(verify, export):
    bundle = export(bias=(0.125, 0.0))
    shown = verify(bundle)
    assert shown.code == 1
    assert "FAIL" in shown.out
    assert "red: largest score difference is 0.125 (limit 1e-05)" in shown.out
    assert shown.err.splitlines()[-1].startswith(f"rct: {bundle.path}: does not decide like colours (")
    assert "Next:" not in shown.err


def test_flips_are_counted_at_each_threshold(verify, export):
    # Red is 1, 0.4, 0 and 0.04 on the four pictures: 0.22 more carries the last two over neither, 0.25 one over review.
    shown = verify(export(bias=(0.22, 0.0)), "--json")
    (red, green) = json.loads(shown.out)["parity"]["categories"]
    assert red["operating_points"]["review"]["newly_flagged"] == ["other/grey.png"]
    assert red["operating_points"]["block"]["newly_flagged"] == []
    assert green["operating_points"]["review"]["newly_flagged"] == []


def test_a_refitted_bundle_decides_by_its_own_thresholds(verify, export, tmp_path, spec):
    # 0.22 more than the original everywhere, and so does the threshold at which it is judged
    bundle = export(bias=(0.22, 0.0))
    after = {"review": 0.47, "block": 0.75}
    green = spec.thresholds["green"]
    own = spec.model_copy(update={"thresholds": {"red": Thresholds(**after), "green": green}})
    done = {"red": {"thresholds_before": spec.thresholds["red"], "thresholds_after": after}}
    done["green"] = {"thresholds_before": green, "thresholds_after": green}
    fields = bundle.manifest.model_dump(exclude={"files", "schema_version", "spec"})
    refit = {"method": "platt", "pictures": 100, "sha256": "0" * 64, "categories": done}
    seal(bundle.path, spec=own, refit=refit, **fields)
    (red, _) = json.loads(verify(bundle, "--json").out)["parity"]["categories"]
    at = red["operating_points"]["review"]
    assert (at["threshold"], at["candidate_threshold"]) == (0.25, 0.47)
    assert at["newly_flagged"] == at["newly_missed"] == []
    assert "flips at review (0.25, 0.47)" in verify(bundle).out


def test_pictures_that_change_sides_are_named(verify, export):
    shown = verify(export(bias=(0.22, 0.0)))
    (line,) = [line for line in shown.out.splitlines() if line.startswith("other/grey.png ")]
    assert line.split() == ["other/grey.png", "review", "0.0392", "0.2592"]


def test_many_that_change_sides_are_cut_short(rct, export, original, paint):
    for number in range(15):
        paint(f"many/{number:02}.png", (60, number, 0))
    bundle = export(bias=(0.1, 0.0))
    shown = rct("verify", bundle.path, "--original", original.path, "--images", paint("many/x.png", (0, 0, 0)).parent)
    assert "and 3 more, see --json" in shown.out
    assert "11.png" in shown.out
    assert "12.png" not in shown.out


def test_every_metric_of_a_difference_is_shown(verify, export):
    shown = verify(export())
    for name in metric_names("difference"):
        assert metric("difference", name).TITLE in shown.out


def test_json_is_the_whole_report(verify, export, original):
    shown = verify(export(), "--json")
    report = VerificationReport.model_validate_json(shown.out)
    assert report.passed
    assert report.parity.passed
    assert report.parity.pictures == ("green/strong.png", "other/grey.png", "red/strong.png", "red/weak.png")
    assert report.parity.about["original_sha256"] == original.manifest.sha256
    red = report.parity.categories[0]
    assert red.original == pytest.approx((0, 10 / 255, 1, 0.4))
    assert red.truth == (False, False, True, True)


def test_a_saved_report_is_what_json_prints(verify, export, tmp_path):
    shown = verify(export(), "--json", "--save", tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text()) == json.loads(shown.out)
    ParityReport.model_validate(json.loads(shown.out)["parity"])


def test_a_report_that_cannot_be_saved(verify, export, tmp_path):
    shown = verify(export(), "--save", tmp_path / "nowhere" / "report.json")
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        f"rct: {tmp_path}/nowhere/report.json: cannot be written (No such file or directory). "
        "Give --save another place."
    )


def test_labels_give_quality(verify, export):
    shown = verify(export())
    assert "against the labels" in shown.out
    assert "ROC-AUC" in shown.out


def test_pictures_without_labels_give_none(rct, export, original, paint):
    folder = paint("plain/a.png", (9, 9, 9)).parent
    shown = rct("verify", export().path, "--original", original.path, "--images", folder)
    assert shown.code == 0
    assert "against the labels" not in shown.out


def test_files_and_patterns_are_pictures_too(rct, export, original, photos):
    shown = rct("verify", export().path, "--original", original.path, "--images", f"{photos}/*/s*.png", "--json")
    assert json.loads(shown.out)["parity"]["pictures"] == ["photos/green/strong.png", "photos/red/strong.png"]


def test_without_pictures_of_ones_own_it_takes_the_shipped_ones(rct, export, original):
    shown = rct("verify", export().path, "--original", original.path, "--json", "--quiet")
    assert shown.code == 0
    assert len(json.loads(shown.out)["parity"]["pictures"]) == 100
    assert shown.err == ""


def test_a_bad_picture_is_reported_and_counted(verify, export, photos):
    (photos / "other" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno more")
    shown = verify(export(), "--json")
    assert shown.code == 0
    document = json.loads(shown.out)
    assert document["unreadable"] == 1
    assert len(document["parity"]["pictures"]) == 4
    (line,) = [line for line in shown.err.splitlines() if "broken.png" in line]
    assert line.startswith(f"rct: {photos}/other/broken.png: ")


def test_only_bad_pictures(rct, export, original, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(b"")
    shown = rct("verify", export().path, "--original", original.path, "--images", tmp_path / "bad")
    assert (shown.code, shown.out) == (2, "")


def test_a_folder_without_pictures(rct, export, original, tmp_path):
    (tmp_path / "empty").mkdir()
    shown = rct("verify", export().path, "--original", original.path, "--images", tmp_path / "empty")
    assert (shown.code, shown.out) == (2, "")
    assert f"rct: {tmp_path}/empty: no picture in this folder." in shown.err


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (
            lambda path: (path / "model.json").write_bytes(b"x"),
            "not what the manifest says (got 1 bytes, another sha256)",
        ),
        (lambda path: (path / "model.json").unlink(), "a file is missing (got no model.json). Export it again."),
        (
            lambda path: (path / "manifest.json").unlink(),
            "not a bundle: it has no manifest.json. rct export makes one.",
        ),
        (lambda path: edit(path, "flavour", 1), "flavour: Extra inputs are not permitted (got '1')."),
        (
            lambda path: edit(path, "files", {"../x": {"bytes": 1, "sha256": "0" * 64}}, model="../x"),
            "a file name leads out of the bundle (got '../x'). Do not use it.",
        ),
        (lambda path: edit(path, "format", "abacus"), "no runtime for this format (got abacus, asked "),
    ],
    ids=["changed byte", "missing file", "no manifest", "unknown key", "leads out", "unknown format"],
)
def test_a_damaged_bundle(verify, export, damage, text):
    bundle = export()
    damage(bundle.path)
    shown = verify(bundle)
    assert (shown.code, shown.out) == (2, "")
    assert text in shown.err.splitlines()[-1]
    assert "Traceback" not in shown.err


def edit(path, key, value, **others):
    document = json.loads((path / "manifest.json").read_text())
    document.update({key: value, **others})
    (path / "manifest.json").write_text(json.dumps(document))


def test_a_bundle_whose_original_is_not_shipped(rct, export):
    shown = rct("verify", export().path)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        "rct: colours: the original of this export is not among the classifiers that we ship. Name it with --original."
    )


def test_an_original_has_no_original(rct, original):
    shown = rct("verify", original.path)
    assert shown.code == 2
    assert "does not say what it was made from. Name a classifier to compare with: --original" in shown.err


def test_another_original_than_its_own_is_told(rct, export, original, spec, tmp_path, photos):
    other = write_null(tmp_path / "other", spec, weights=[[1, 0, 0], [0, 1, 0]], name="colours2")
    shown = rct("verify", export().path, "--original", other.path, "--images", photos)
    assert shown.code == 0
    assert "was made from another colours than the one that it is compared with." in shown.err


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"categories": "blue"}, "other categories than the bundle's (got blue; the bundle has red, green)"),
        ({"width": 6}, "other preprocessing than the bundle's"),
    ],
)
def test_an_original_of_another_kind(rct, export, spec, tmp_path, change, text):
    document = spec.model_dump()
    if "width" in change:
        document["preprocessing"]["width"] = 6
    else:
        document["categories"] = [{"name": "blue", "definition": "Mostly blue."}]
        document["thresholds"] = {"blue": {"review": 0.5, "block": 0.5}}
    other = write_null(tmp_path / "other", type(spec).model_validate(document))
    shown = rct("verify", export().path, "--original", other.path)
    assert shown.code == 2
    assert text in shown.err


def test_two_originals_in_another_order(rct, export, spec, tmp_path, photos):
    singles = []
    for channel, label in ((1, "green"), (0, "red")):
        document = spec.model_dump()
        document["categories"] = [one for one in document["categories"] if one["name"] == label]
        document["thresholds"] = {label: document["thresholds"][label]}
        weights = [[float(channel == place) for place in range(3)]]
        singles.append(write_null(tmp_path / label, type(spec).model_validate(document), weights=weights))
    originals = [argument for one in singles for argument in ("--original", one.path)]
    shown = rct("verify", export().path, *originals, "--images", photos)
    assert shown.code == 0


def test_layers_are_those_of_onnx(verify, export):
    shown = verify(export(), "--by-layer")
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == "rct: --by-layer: works on onnx bundles (got null). Leave it out."


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--runtime", "abacus"], "runtime: unknown name (got 'abacus'). Known: "),
        (["--runtime", "onnxruntime"], "no runtime for this format (got null, asked onnxruntime)"),
        (["--device", "cuda"], "null runtime: runs on the processor only (got cuda). Ask for cpu."),
    ],
)
def test_a_runtime_that_cannot(verify, export, arguments, line):
    shown = verify(export(), *arguments)
    assert shown.code == 2
    assert line in shown.err.splitlines()[-1]
