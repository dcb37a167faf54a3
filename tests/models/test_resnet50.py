import keras
import numpy as np
import pytest
from tiny import randomise

from models.resnet50 import ARCHITECTURES, RESNET50, RESNET50_1BY2, training_form


def test_the_order_of_the_convolutions():
    names = RESNET50.convolutions()
    assert len(names) == len(set(names)) == 53
    assert names[:6] == (
        "conv1", "conv2_block1_0", "conv2_block1_1", "conv2_block1_2", "conv2_block1_3", "conv2_block2_1",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "parameters"), [("resnet50", 23_587_712), ("resnet50_1by2", 5_942_464)])
def test_the_number_of_parameters(name, parameters):
    """Of keras.applications without its head, and of Yahoo's network (5,943,489) less its head's 1,025."""
    head = 2048 + 1 if name == "resnet50" else 1024 + 1
    assert training_form(ARCHITECTURES[name], ("one",)).count_params() == parameters + head


@pytest.mark.slow
def test_the_training_form_is_keras_applications_resnet50():
    theirs = randomise(keras.applications.ResNet50(weights=None, include_top=False, pooling="avg"), seed=3)
    ours = training_form(RESNET50, ("one", "two"))
    shared = [layer.name for layer in theirs.layers if layer.get_weights()]
    assert shared == [layer.name for layer in ours.layers if layer.get_weights()][:-1]
    for name in shared:
        ours.get_layer(name).set_weights(theirs.get_layer(name).get_weights())
    pictures = np.random.default_rng(0).normal(0, 60, (2, 224, 224, 3)).astype(np.float32)
    features = keras.Model(ours.input, ours.get_layer("avg_pool").output)
    np.testing.assert_allclose(features.predict_on_batch(pictures), theirs.predict_on_batch(pictures), rtol=1e-5)


def test_the_thin_variant_pools_like_caffe():
    """Caffe's pooling of 112 pixels by 3 with stride 2 reads one row beyond the end and none before the beginning."""
    model = training_form(RESNET50_1BY2, ("one",))
    assert model.get_layer("pool1_pad").padding == ((0, 1), (0, 1))
