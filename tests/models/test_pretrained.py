import keras
import numpy as np
import pytest
from tiny import TINY, randomise

from models.errors import NetworkError
from models.pretrained import load_backbone
from models.resnet50 import RESNET50, training_form


@pytest.fixture
def theirs():
    return randomise(training_form(TINY, ("their", "labels"), 64, 64), seed=11)


@pytest.fixture
def ours():
    return training_form(TINY, ("one",), 64, 64)


def same_backbone(one, other):
    return all(
        np.array_equal(a, b)
        for layer in one.layers
        if layer.name.endswith(("_conv", "_bn"))
        for a, b in zip(layer.get_weights(), other.get_layer(layer.name).get_weights(), strict=True)
    )


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
@pytest.mark.filterwarnings("ignore:.*HDF5")
def test_weights_come_by_name(theirs, ours, tmp_path, name):
    theirs.save(tmp_path / name)
    head = [array.copy() for array in ours.get_layer("scores").get_weights()]
    load_backbone(ours, TINY, str(tmp_path / name))
    assert same_backbone(theirs, ours)
    assert all(map(np.array_equal, head, ours.get_layer("scores").get_weights())), "the head is ours"


def test_another_network_is_refused(ours, tmp_path):
    keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3)]).save(tmp_path / "other.keras")
    with pytest.raises(NetworkError, match="not a tiny: it has no layer conv1_conv"):
        load_backbone(ours, TINY, str(tmp_path / "other.keras"))


def test_other_widths_are_refused(tmp_path, theirs):
    from dataclasses import replace

    wider = replace(TINY, widths=(5, 8, 8, 12))
    theirs.save(tmp_path / "narrow.keras")
    with pytest.raises(NetworkError, match=r"layer conv2_block1_0_conv has shapes \[\(1, 1, 8, 16\)"):
        load_backbone(training_form(wider, ("one",), 64, 64), wider, str(tmp_path / "narrow.keras"))


@pytest.mark.parametrize("name", ["torn.keras", "torn.h5"])
def test_files_that_are_no_weights(ours, tmp_path, name):
    (tmp_path / name).write_bytes(b"not weights at all")
    with pytest.raises(NetworkError, match="not weights that Keras can read"):
        load_backbone(ours, TINY, str(tmp_path / name))


def test_a_file_that_is_not_there(ours, tmp_path):
    with pytest.raises(NetworkError, match=r'no such file\. Give "imagenet", or the path'):
        load_backbone(ours, TINY, str(tmp_path / "missing.h5"))


def test_imagenet_without_a_network(ours, tmp_path, monkeypatch):
    """A port where nobody listens stands for the missing network."""
    from keras.src.applications import resnet

    monkeypatch.setattr(resnet, "BASE_WEIGHTS_PATH", "http://127.0.0.1:9/")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path), raising=False)
    with pytest.raises(
        NetworkError, match=r"imagenet: the weights cannot be downloaded \(.*\)\. .*say --weights PATH\."
    ):
        load_backbone(ours, TINY, "imagenet")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*HDF5")
@pytest.mark.parametrize("name", ["resnet50.h5", "resnet50.weights.h5"])
def test_what_keras_applications_saved(tmp_path, name):
    theirs = keras.applications.ResNet50(weights=None, include_top=False)
    (theirs.save_weights if name.endswith("weights.h5") else theirs.save)(tmp_path / name)
    ours = training_form(RESNET50, ("one",))
    load_backbone(ours, RESNET50, str(tmp_path / name))
    assert same_backbone(theirs, ours)
