"""``rct train``: from pictures in folders to an original that can be exported."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models.bundle import Bundle
from models.classifier import load_keras
from models.golden import GOLDEN_FILE, Golden
from models.preprocessing import normalise
from models.spec import read_spec
from models.zoo import zoo_path
from toolchain.lock import alone
from toolchain.training.original import toml

QUICK = ("--set", "epochs=30", "--set", "rate=0.01", "--set", "batch=16", "--backbone")
DEFINED = ("--define", "red=Mostly red.")


@pytest.fixture
def train(rct, tiny_original, coloured):
    """Run rct train on the coloured pictures and the tiny backbone."""

    def run(*arguments, data=coloured):
        return rct("train", *arguments, "--data", data, *QUICK, tiny_original.path)

    return run


@pytest.mark.slow
def test_a_classifier_comes_out_and_the_same_command_gives_the_same_bytes(
    train, rct, tiny_original, tmp_path, coloured
):
    data = tmp_path / "data"
    shutil.copytree(coloured, data)
    (data / "train" / "red" / "broken.png").write_bytes(b"no picture")
    shown = train("red", "--json", *DEFINED, data=data)
    assert shown.code == 0, shown.err
    found = json.loads(shown.out)["categories"]["red"]
    assert (found["pictures"], found["positives"], found["roc_auc"]["value"]) == (16, 8, 1)
    assert "pictures that cannot be read, left out: 1; the first is " in shown.err
    assert shown.err.splitlines()[-1] == f"Next: rct evaluate trained/red --data {data}"

    bundle = Bundle.open(tmp_path / "trained" / "red")
    assert {"classifier.toml", "model.keras", "golden.npz", "MODEL_CARD.md", "history.csv"} <= {*bundle.manifest.files}
    spec = read_spec(bundle.path / "classifier.toml")
    assert spec == bundle.manifest.spec
    assert [(one.name, one.definition) for one in spec.categories] == [("red", "Mostly red.")]
    golden = Golden.load(bundle.path / GOLDEN_FILE)
    scores = load_keras(bundle).predict_on_batch(normalise(golden.resized, spec.preprocessing))
    np.testing.assert_allclose(golden.scores, scores, atol=1e-6)
    card = (bundle.path / "MODEL_CARD.md").read_text("utf-8")
    assert "| red | 17 / 16 / 0 | 8 / 8 / 0 |" in card
    assert str(tmp_path) not in card

    half_written = tmp_path / "again" / ".training" / "red" / "task.json"
    half_written.parent.mkdir(parents=True)
    half_written.write_text('{"recipe": "he')
    assert train("red", "--out", "again/red", *DEFINED, data=data).code == 0
    assert Bundle.open(tmp_path / "again" / "red").manifest == bundle.manifest

    likewise = ("--like", "trained/red", "--backbone", tiny_original.path, "--out", "likewise/red")
    assert rct("train", "red", "--data", data, *DEFINED, *likewise).code == 0
    assert Bundle.open(tmp_path / "likewise" / "red").manifest == bundle.manifest


def test_what_is_on_both_sides_is_in_the_card_and_in_the_document(train, tmp_path, coloured):
    data = tmp_path / "data"
    shutil.copytree(coloured, data)
    shutil.copy(data / "train" / "red" / "3.png", data / "val" / "red" / "copy.png")
    shown = train("red", "--json", *DEFINED, data=data)
    assert shown.code == 0, shown.err
    (leak,) = json.loads(shown.out)["leaks"]
    assert (leak["pictures"], leak["examples"]) == (2, [["train/red/3.png", "val/red/copy.png"]])
    assert f"{data}: {leak['title']} (2 pictures; train/red/3.png and val/red/copy.png), so the num" in shown.err
    card = (tmp_path / "trained" / "red" / "MODEL_CARD.md").read_text("utf-8")
    assert f"on both sides of the split:\n\n- {leak['title']}: 2 pictures\n\nWithout the validation pictures" in card
    document = json.loads(shown.out)
    whole, rest = document["categories"]["red"], document["without_leaks"]["red"]
    assert (whole["pictures"], whole["positives"]) == (rest["pictures"] + 1, rest["positives"] + 1)
    assert f"| red | {rest['pictures']} ({rest['positives']}) | ROC-AUC | {rest['roc_auc']['value']:.4f} |" in card


def test_where_every_validation_picture_leaks_nothing_is_measured_without(train, tmp_path, coloured):
    data = tmp_path / "data"
    shutil.copytree(coloured / "train", data / "train")
    shutil.copytree(coloured / "train", data / "val")
    shown = train("red", "--json", *DEFINED, data=data)
    assert shown.code == 0, shown.err
    rest = json.loads(shown.out)["without_leaks"]["red"]
    assert (rest["pictures"], rest["roc_auc"]["value"]) == (0, None)


def test_the_folder_of_another_training_is_not_gone_on_from(train, tmp_path):
    (tmp_path / "trained" / ".training" / "red").mkdir(parents=True)
    (tmp_path / "trained" / ".training" / "red" / "task.json").write_text('{"seed": 5}')
    shown = train("red", *DEFINED)
    assert shown.code == 2
    assert shown.err.splitlines()[-1].startswith("rct: trained/.training/red: a training that did not end, of other ")
    assert shown.err.splitlines()[-1].endswith("Give --overwrite to begin anew, or another --out.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["reds", "--define", "reds=x"], "no picture is labelled reds. Did you mean red? It has blue, red."),
        (["catoon"], "rct: catoon: a category without a definition. Did you mean cartoon? Say what counts: "),
        (["red"], 'rct: red: a category without a definition. Say what counts: --define red="...".'),
        (["red", "red", *DEFINED], "rct: categories: one is named twice (got red). Name each once."),
        (["Red", "--define", "Red=x"], "categories: name: String should match pattern"),
        (["red", "--define", "red"], "rct: --define: not NAME=WORDS (got 'red')."),
        (["red", "--define", "blue=Blue."], "rct: --define: not among the categories (got 'blue'). They are red."),
        (["red", *DEFINED, "--recipe", "head"], "rct: recipe: unknown name (got 'head'). Known: fine-tune, heads, se"),
        (["red", *DEFINED, "--set", "epoch=3"], "rct: --set: heads has no 'epoch'. Did you mean epochs?"),
        (["red", *DEFINED, "--set", "taps=conv9"], "rct: --set: taps"),
        (["red", *DEFINED, "--set", 'taps=["conv2_block1_out"]'], "rct: taps: taps must be some of "),
        (["red", *DEFINED, "--weights", "imagenet"], "has weights of its own. Take --backbone resnet50, or leave it"),
    ],
    ids=lambda value: " ".join(map(str, value)) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(train, arguments, said):
    shown = train(*arguments)
    assert shown.code == 2
    assert said in shown.err.splitlines()[-1]


def test_a_backbone_that_is_not_there(rct, coloured):
    shown = rct("train", "red", *DEFINED, "--data", coloured, "--backbone", "resnet")
    assert shown.err.startswith("rct: --backbone: no such network (got 'resnet'). Name ")
    assert "open_nsfw, resnet50, or a Keras bundle's folder." in shown.err
    assert shown.code == 2


def test_weights_that_are_not_there_say_so(rct, coloured, tmp_path):
    shown = rct("train", "red", *DEFINED, "--data", coloured, "--backbone", "resnet50", "--weights", "none.h5")
    assert shown.err.splitlines()[-1].startswith('rct: none.h5: no such file. Give "imagenet", or the path of')
    assert not (tmp_path / "trained" / "red").exists()


def test_weights_that_cannot_be_had_leave_the_folder_to_others(rct, coloured, tmp_path, monkeypatch):
    """A port where nobody listens stands for the missing network; the advice of its message is followed."""
    from keras.src.applications import resnet

    monkeypatch.setattr(resnet, "BASE_WEIGHTS_PATH", "http://127.0.0.1:9/")
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path), raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    command = ("train", "red", *DEFINED, "--data", coloured, "--backbone", "resnet50", "--json")
    shown = rct(*command)
    assert (shown.code, shown.out) == (2, "")
    last = shown.err.splitlines()[-1]
    assert last.startswith("rct: imagenet: the weights cannot be downloaded (")
    assert last.endswith("_notop.h5 where there is a network, and say --weights PATH.")
    assert last.count("(") == last.count(")")
    Path("fetched.h5").write_bytes(b"half of it")
    for name, said in (("missing.h5", "no such file"), ("fetched.h5", "not weights that Keras can read")):
        shown = rct(*command, "--weights", name)
        assert (shown.code, shown.out) == (2, "")
        assert shown.err.splitlines()[-1].startswith(f"rct: {name}: {said}")


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        ("val", "a dataset without the split val. Split it first: rct data split "),
        ("train/red", "red has no positives in the split train (got 16 labelled pictures). Add pictures that show it."),
        ("val/blue", "red has no negatives in the split val (got 8 labelled pictures)."),
    ],
)
def test_pictures_that_nothing_can_be_learnt_from(train, coloured, tmp_path, gone, said):
    data = tmp_path / "data"
    shutil.copytree(coloured, data)
    shutil.rmtree(data / gone)
    shown = train("red", *DEFINED, data=data)
    assert shown.code == 2
    assert said in shown.err.splitlines()[-1]


@pytest.mark.parametrize(
    "chosen", [("heads",), ("seed-2017",), ("fine-tune", "--set", "start=random")], ids=lambda chosen: chosen[0]
)
def test_pictures_that_cannot_be_read_teach_nothing(rct, tiny_original, coloured, tmp_path, chosen):
    data = tmp_path / "data"
    shutil.copytree(coloured, data)
    for picture in (data / "val" / "red").iterdir():
        picture.write_bytes(b"no picture")
    shown = rct("train", "red", *DEFINED, "--data", data, *QUICK, tiny_original.path, "--recipe", *chosen)
    assert shown.code == 2
    assert shown.err.splitlines()[-1].startswith(
        f"rct: {data}: red has no positives in the split val, of those that can be read (got 8 labelled pictures)."
    )


@pytest.mark.slow
def test_what_is_on_both_sides_is_said_before_the_training(train, coloured, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(coloured, data)
    shutil.copy(data / "train" / "red" / "3.png", data / "val" / "red" / "copy.png")
    shown = train("red", *DEFINED, "--set", "epochs=1", data=data)
    assert shown.code == 0, shown.err
    said = f"rct: {data}: the same file is in more than one split (2 pictures; train/red/3.png and val/red/copy.png)"
    assert [line.startswith(said) for line in shown.err.splitlines()].count(True) == 1
    assert "Split again with rct data split." in shown.err


def test_two_trainings_for_one_bundle_refuse_each_other(train, tmp_path):
    target = Path("trained/red")
    with alone(tmp_path / "trained" / ".training" / "red.lock", tmp_path / target, "training"):
        shown = train("red", *DEFINED)
    assert shown.code == 2
    assert shown.err.splitlines()[-1] == (
        "rct: trained/red: another training is at work for it. Wait for it, or give another --out."
    )
    with alone(tmp_path / "trained" / ".training" / "red.lock", tmp_path / target, "training"):
        """Nobody holds it any longer."""


def test_a_target_that_is_taken(train, tmp_path):
    (tmp_path / "trained" / "red").mkdir(parents=True)
    shown = train("red", *DEFINED)
    assert shown.err.splitlines()[-1] == (
        "rct: trained/red: already exists. Give --overwrite to replace it, or another --out."
    )
    assert shown.code == 2


def test_a_written_specification_reads_back(tmp_path):
    spec = read_spec(zoo_path("open_nsfw") / "classifier.toml")
    odd = spec.model_copy(update={"description": 'quotes " and \\ and \x7f and ü'})
    (tmp_path / "classifier.toml").write_text(toml(odd), "utf-8")
    assert read_spec(tmp_path / "classifier.toml") == odd


@pytest.mark.slow
def test_a_trained_head_joins_open_nsfw_in_one_graph(rct, coloured, tmp_path):
    quick = ("--set", "epochs=3", "--set", "views=0")
    assert rct("train", "red", *DEFINED, "--data", coloured, *quick).code == 0
    shown = rct("export", "open_nsfw", "trained/red", "--format", "onnx", "--out", "joined", "--json")
    assert shown.code == 0, shown.err
    assert Bundle.open(tmp_path / "joined").manifest.spec.labels == ("adult", "red")
