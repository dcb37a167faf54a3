"""``rct train``: from pictures in folders to an original that can be exported."""

import json

import pytest

from models.bundle import Bundle


@pytest.fixture
def train(rct, tiny_original, coloured):
    """Run rct train on the coloured pictures and the tiny backbone."""

    def run(*arguments, data=coloured):
        options = (
            "--define",
            "red=Mostly red.",
            "--set",
            "epochs=30",
            "--set",
            "rate=0.01",
            "--backbone",
            tiny_original.path,
        )
        return rct("train", *arguments, "--data", data, *options)

    return run


def test_a_classifier_comes_out(train, tmp_path):
    shown = train("red", "--json")
    assert shown.code == 0, shown.err
    assert json.loads(shown.out)["categories"]["red"]["roc_auc"] == 1
    bundle = Bundle.open(tmp_path / "trained" / "red")
    assert bundle.manifest.spec.labels == ("red",)
    assert {"classifier.toml", "model.keras", "golden.npz", "MODEL_CARD.md", "history.csv"} <= {*bundle.manifest.files}
    assert shown.err.splitlines()[-1].startswith("Next: rct evaluate trained/red --data ")


def test_the_same_command_gives_the_same_bytes(train, tmp_path):
    digests = []
    for name in ("one/red", "two/red"):
        assert train("red", "--out", tmp_path / name).code == 0
        digests.append(Bundle.open(tmp_path / name).manifest.sha256)
    assert digests[0] == digests[1]
