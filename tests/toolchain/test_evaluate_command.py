"""``rct evaluate`` on null bundles, whose every score is known."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from models.bundle import Bundle, seal
from models.classifier import SPEC_FILE, keras_fields
from models.spec import read_spec
from toolchain.data.ledger import Entry, write_ledger
from toolchain.evaluation import shortcut
from toolchain.evaluation.report import EvaluationReport


@pytest.fixture(autouse=True)
def few_trees(monkeypatch):
    """The probe for shortcuts has tests of its own."""
    monkeypatch.setattr(shortcut, "_TREES", 5)


def report(shown):
    assert shown.code == 0, shown.err
    return json.loads(shown.out)


@pytest.fixture
def ledger(tmp_path):
    """Forty pictures with a ledger: two sources, pairs of pictures in groups, three of them of another split.

    How red a picture is, is its score; in "archive" positives are redder, in "web" nothing tells them apart.
    """
    folder, chance = tmp_path / "set", np.random.default_rng(5)
    (folder / "pictures").mkdir(parents=True)
    entries = []
    for place in range(43):
        source, truth = ("archive", "web")[place % 2], place % 4 < 2
        red = int(chance.integers(150, 250) if truth and source == "archive" else chance.integers(0, 200))
        file = f"pictures/{place:02}.png"
        Image.new("RGB", (16 + 300 * (place % 3), 12), (red, 0, 0)).save(folder / file)
        split = "train" if place >= 40 else "val"
        labels = {"red": truth, "green": False} if place % 8 else {"red": truth}
        entries.append(
            Entry(
                str(place), source, file=file, labels=labels, group=f"{source}/{place // 4}", split=split, author="us"
            )
        )
    write_ledger(folder, entries)
    return folder


def test_a_classifier_is_measured_on_labelled_folders(rct, original, photos):
    found = report(rct("evaluate", original.path, "--data", photos, "--json"))
    red, green = found["categories"]
    assert found["pictures"] == ["green/strong.png", "other/grey.png", "red/strong.png", "red/weak.png"]
    assert red["truth"] == [None, False, True, True]  # of a picture of another category nothing is known
    assert red["scores"] == pytest.approx([0, 10 / 255, 1, 0.4], abs=1e-6)
    assert (red["positives"], red["negatives"], red["unknown"]) == (2, 1, 1)
    assert red["quality"]["roc_auc"]["value"] == 1
    assert red["decisions"]["block"]["confusion"] == {
        "true_positives": 1, "false_positives": 0, "false_negatives": 1, "true_negatives": 1,
    }  # fmt: skip
    assert red["decisions"]["block"]["rates"]["recall"]["value"] == 0.5
    assert green["decisions"]["review"]["rates"]["recall"]["value"] == 1


def test_a_ledger_brings_splits_groups_sources_and_labels_that_are_not_known(rct, original, ledger):
    found = report(rct("evaluate", original.path, "--data", ledger, "--json"))
    red, green = found["categories"]
    assert (found["split"], len(found["pictures"])) == ("val", 40)
    assert (red["positives"], red["negatives"], red["unknown"], red["groups"]) == (20, 20, 0, 20)
    assert (green["positives"], green["negatives"], green["unknown"]) == (0, 35, 5)
    assert green["quality"]["roc_auc"] == {
        "value": None, "low": None, "high": None, "undefined": "all pictures carry the same label",
    }  # fmt: skip
    assert {(part["column"], part["value"]) for part in red["slices"]} == {
        ("source", "archive"),
        ("source", "web"),
        ("width", "under 128"),
        ("width", "256 to 511"),
        ("width", "512 to 1023"),
    }  # fmt: skip  its groups are those of the sources over again
    assert "green: there are no positives, so what needs both is not measured." in found["notes"]
    (worst,) = [line for line in found["notes"] if "worst across sources" in line]
    assert worst.startswith("red: worst across sources: positives of web against negatives of ")
    json_text = json.dumps(found)
    assert json.loads(EvaluationReport.model_validate_json(json_text).model_dump_json()) == found


def test_slices_by_any_column_and_by_another_label(rct, original, ledger):
    asked = ("--category", "red", "--slices", "author", "--slices", "green", "--slices", "key")
    (red,) = report(rct("evaluate", original.path, "--data", ledger, "--json", *asked))["categories"]
    parts = [(part["column"], part["value"], part["positives"] + part["negatives"]) for part in red["slices"]]
    assert parts[:2] == [("green", "no", 35), ("green", "unknown", 5)]
    assert len(parts) == 22  # everything has the same author; of forty keys, twenty are shown
    shown = rct("evaluate", original.path, "--data", ledger, "--slices", "camera")
    assert shown.code == 2
    assert shown.err.startswith("rct: column to slice by: unknown name (got 'camera'). Known: author, bytes, detail")


def test_a_picture_is_turned_as_its_ledger_says(rct, original, tmp_path):
    folder = tmp_path / "turned"
    folder.mkdir()
    half = np.zeros((6, 8, 3), np.uint8)
    half[:, :4, 0] = 255
    Image.fromarray(half).save(folder / "a.png")
    labels = {"red": True}
    write_ledger(folder, [Entry("a", "here", file="a.png", labels=labels, rotation=90)])
    found = report(rct("evaluate", original.path, "--data", folder, "--slices", "width", "--json"))
    assert found["categories"][0]["scores"] == pytest.approx([0.5], abs=0.01)
    assert found["notes"] == ["green: not evaluated, for no picture is labelled with it.",
                              "red: there are no negatives, so what needs both is not measured."]  # fmt: skip


def test_tables_and_the_next_command(rct, original, ledger):
    shown = rct("evaluate", original.path, "--data", ledger, "--perturbation", "jpeg", "--perturbed", 10)
    assert shown.code == 0
    for said in ("red: 20 positives, 20 negatives, 20 groups", "across sources, the worst first", "jpeg, q10"):
        assert said in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err.splitlines()[-1] == f"Next: rct bench {original.path}"


def test_a_page_with_plots_and_neither_pictures_nor_scripts(rct, original, ledger, tmp_path):
    file = tmp_path / "deep" / "report.html"
    asked = ("--html", file, "--perturbation", "flip", "--perturbed", 5, "--quiet", "--category", "red")
    assert rct("evaluate", original.path, "--data", ledger, *asked).code == 0
    text = file.read_text("utf-8")
    for plot in ("roc", "pr", "reliability", "scores", "slices", "robustness"):
        assert f'<figure id="{plot}-red">' in text
    for unwanted in ("<script", "<img", "<image", "http://", "https://", "data:image"):
        assert unwanted not in text
    assert [path.name for path in file.parent.iterdir()] == ["report.html"]
    assert rct("evaluate", original.path, "--data", ledger, *asked).code == 0
    assert file.read_text("utf-8") == text


def test_perturbations_are_compared_with_the_same_pictures(rct, original, ledger):
    asked = ("--perturbation", "brightness", "--perturbation", "flip", "--perturbed", 12, "--category", "red")
    found = report(rct("evaluate", original.path, "--data", ledger, "--json", *asked))
    rows = {(row["perturbation"], row["level"]): row for row in found["categories"][0]["robustness"]}
    assert rows["flip", "horizontal"]["mean_abs"]["value"] == 0  # of one colour, a mirror changes nothing
    half = rows["brightness", "x 0.5"]
    assert half["pictures"] == 12
    assert half["shift"]["value"] == pytest.approx(-half["mean_abs"]["value"])
    assert half["roc_auc_change"]["value"] == pytest.approx(0, abs=0.1)
    assert half["flips"]["review"]["newly_flagged"] == 0
    assert half["flips"]["review"]["newly_missed"] > 0
    assert "red: perturbations were tried on 12 of 40 pictures." in found["notes"]


def test_pictures_that_cannot_be_read_are_counted_and_the_others_go_on(rct, original, photos):
    (photos / "red" / "broken.jpg").write_bytes(b"not a picture")
    shown = rct("evaluate", original.path, "--data", photos, "--json")
    assert [one["picture"] for one in report(shown)["unreadable"]] == ["red/broken.jpg"]
    assert "rct: red/broken.jpg: not a picture that rct can read." in shown.err.splitlines()


def test_not_one_readable_picture_is_an_error(rct, original, tmp_path):
    (tmp_path / "red").mkdir()
    (tmp_path / "red" / "broken.jpg").write_bytes(b"not a picture")
    shown = rct("evaluate", original.path, "--data", tmp_path / "red" / "..", "--category", "red")
    assert shown.code == 2
    assert "no picture could be read (got 1 bad ones; not a picture that rct can read)" in shown.err


def test_a_label_that_is_not_there_is_told_with_those_that_are(rct, original, paint):
    place = paint("mine/reds/a.png", (255, 0, 0)).parents[1]
    shown = rct("evaluate", original.path, "--data", place)
    assert shown.code == 2
    assert shown.err == f"rct: {place}: no picture is labelled red. Did you mean reds? It has reds.\n"


@pytest.mark.parametrize(("asked", "said"), [
    (("--category", "blue"), "category of colours: unknown name (got 'blue'). Known: green, red."),
    (("--category", "rad"), "category of colours: unknown name (got 'rad'). Did you mean red? Known: green, red."),
    (("--slices", "sorce"), "column to slice by: unknown name (got 'sorce'). Did you mean source"),
    (("--split", "test"), "{place}: no picture is of the split test. It has train, val."),
    (("--review-fpr", "0"), "--review-fpr: not above 0 (got 0). Give it as 1% or 0.01."),
    (("--prevalence", "often"), "--prevalence: not a share (got often). Give it as 1% or 0.01."),
    (("--write",), "--write: there are no thresholds to write. Give --choose-thresholds, too."),
    (("--perturbation", "warp"), "perturbation: unknown name (got 'warp'). Known: aspect, "),
])  # fmt: skip
def test_what_cannot_be_is_one_line(rct, original, ledger, asked, said):
    shown = rct("evaluate", original.path, "--data", ledger, *asked)
    assert shown.code == 2
    assert shown.err.splitlines()[-1].startswith(f"rct: {said.format(place=ledger)}")


def test_thresholds_chosen_here_are_what_is_judged_at(rct, original, ledger):
    asked = ("--choose-thresholds", "--review-fpr", "20%", "--block-fpr", "5%", "--category", "red")
    found = report(rct("evaluate", original.path, "--data", ledger, "--json", *asked))
    (red,) = found["categories"]
    assert found["thresholds_from"] == "these pictures"
    assert red["decisions"]["review"]["confusion"]["false_positives"] == 4
    assert red["decisions"]["block"]["confusion"]["false_positives"] == 1
    assert red["thresholds"] == {point: red["chosen"][point]["threshold"] for point in ("review", "block")}


class TestWriting:
    """Thresholds into a Keras bundle; the null runtime stands for Keras here, which only the scoring asks for."""

    ASKED = ("--choose-thresholds", "--review-fpr", "20%", "--block-fpr", "5%", "--category", "red", "--write")

    @pytest.fixture
    def keras_bundle(self, original, spec, tmp_path, monkeypatch):
        from models.runtimes import keras, null

        folder = tmp_path / "mine"
        shutil.copytree(original.path, folder)
        (folder / SPEC_FILE).write_text('name = "to be replaced"\n')
        (folder / "MODEL_CARD.md").write_text("# colours\n\n| a | b |\n|---|---|\n| review / block | old |\n")
        (folder / "model.keras").write_bytes((original.model).read_bytes())
        seal(folder, **keras_fields(spec), details=original.manifest.details, tools={"keras": "3"})
        monkeypatch.setattr(keras, "load", null.load)
        return Bundle.open(folder)

    def test_spec_card_and_manifest_agree_and_the_model_is_the_same(self, rct, keras_bundle, ledger):
        before = keras_bundle.model.read_bytes()
        shown = rct("evaluate", keras_bundle.path, "--data", ledger, "--json", *self.ASKED)
        (red,) = report(shown)["categories"]
        written = Bundle.open(keras_bundle.path)
        spec = written.manifest.spec
        assert spec.thresholds["red"].model_dump() == red["thresholds"]
        assert spec.thresholds["green"] == keras_bundle.manifest.spec.thresholds["green"]
        assert read_spec(written.path / SPEC_FILE) == spec
        assert written.model.read_bytes() == before
        assert written.manifest.tools == {"keras": "3"}
        card = (written.path / "MODEL_CARD.md").read_text()
        at = spec.thresholds["red"]
        assert f"| review / block | red {at.review:g} / {at.block:g}, green 0.5 / 0.5 |" in card
        assert card.count("## Thresholds") == 1
        assert "exports made before keep the old ones" in shown.err
        rct("evaluate", keras_bundle.path, "--data", ledger, *self.ASKED)
        assert (written.path / "MODEL_CARD.md").read_text() == card

    def test_an_export_is_refused_before_any_work(self, rct, original, ledger):
        shown = rct("evaluate", original.path, "--data", ledger, *self.ASKED)
        assert shown.code == 2
        assert shown.err == (
            f"rct: {original.path}: an export has the thresholds of its original (got format null). "
            "Choose them for the original, and export it again.\n"
        )

    def test_what_we_ship_stays_as_it_is(self, rct, ledger):
        shown = rct("evaluate", "open_nsfw", "--data", ledger, *self.ASKED)
        assert shown.code == 2
        assert "a classifier that rct ships stays as it is. Copy its folder, and name that." in shown.err

    def test_goals_that_nothing_keeps_to_leave_the_bundle_alone(self, rct, keras_bundle, paint):
        place = paint("flat/red/a.png", (255, 0, 0)).parents[1]
        paint("flat/other/b.png", (255, 0, 0))
        before = keras_bundle.manifest.sha256
        shown = rct("evaluate", keras_bundle.path, "--data", place, *self.ASKED)
        assert shown.code == 2
        assert shown.err.splitlines()[-1] == (
            "rct: red: no threshold keeps to the goals. Nothing was written. Give other goals."
        )
        assert Bundle.open(keras_bundle.path).manifest.sha256 == before
