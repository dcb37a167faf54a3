"""Several heads that become one: the mean of the members' logits, whatever they are made of."""

import numpy as np
import pytest

from toolchain.training.heads.ensemble import EnsembleForm, build, drawn, joined
from toolchain.training.heads.layers import Scaling, logits


@pytest.mark.parametrize("hidden", [0, 3])
@pytest.mark.parametrize("shared", [False, True])
def test_one_head_is_the_mean_of_the_members(hidden, shared):
    form = EnsembleForm(size=6, categories=2, members=3, hidden=hidden, shared=shared, dropout=0.5)
    model = build(form, drawn(4))
    chance = np.random.default_rng(0)
    for layer in model.layers:
        layer.set_weights([chance.normal(size=weight.shape) for weight in layer.get_weights()] if layer.weights else [])
    features = chance.normal(size=(9, 6)).astype(np.float32)
    of_members = np.asarray(model(features, training=False))
    assert of_members.shape == (9, 3, 2)
    layers = joined(model, form)
    assert tuple(layer.bias.size for layer in layers[:-1]) == form.units
    np.testing.assert_allclose(logits(layers, features), of_members.mean(1), atol=1e-5)


def test_hidden_units_that_are_not_shared_leave_other_categories_alone():
    form = EnsembleForm(size=6, categories=2, members=3, hidden=4)
    last = joined(build(form, drawn(1)), form)[1].kernel.reshape(3, 2, 4, 2)
    assert not last[:, 0, :, 1].any()
    assert not last[:, 1, :, 0].any()
    assert last[:, 0, :, 0].all()


def test_the_scaling_goes_into_the_first_layer():
    chance = np.random.default_rng(2)
    features = (5 + 3 * chance.normal(size=(50, 2, 6))).astype(np.float16)
    features[..., 3] = 7  # never changes
    scaling = Scaling.of(features, rows_at_once=7)
    flat = features.reshape(-1, 6).astype(np.float64)
    np.testing.assert_allclose(scaling.mean, flat.mean(0))
    np.testing.assert_allclose(scaling.deviation, np.where(flat.std(0) > 0, flat.std(0), 1))
    form = EnsembleForm(size=6, categories=1, hidden=4)
    layers = joined(build(form, drawn(0)), form)
    expected = logits(layers, scaling.apply(features[:, 0]))
    np.testing.assert_allclose(logits(scaling.folded(layers), features[:, 0]), expected, atol=1e-4)


@pytest.mark.parametrize("hidden", [0, 3])
def test_every_second_member_leaves_features_unread_however_long_it_learns(hidden):
    form = EnsembleForm(size=6, categories=2, members=4, hidden=hidden, shared=True, unread=((1, 3), (5, 6)))
    model = build(form, drawn(3))
    model.compile("sgd", "mse")
    chance = np.random.default_rng(1)
    features = chance.normal(size=(32, 6)).astype(np.float32)
    before = model.get_layer("first").get_weights()[0]
    model.train_on_batch(features, chance.normal(size=(32, 4, 2)).astype(np.float32))
    first = model.get_layer("first").get_weights()[0]
    assert (first != before).any()
    of_members = first.reshape(6, 4, -1)
    assert not of_members[[1, 2, 5]][:, 1::2].any()
    assert of_members[[1, 2, 5]][:, ::2].all()
    other = features.copy()
    other[:, [1, 2, 5]] = 0
    change = np.abs(np.asarray(model(features)) - np.asarray(model(other))).max((0, 2))
    assert change[1::2].max() == 0 < change[::2].min()
