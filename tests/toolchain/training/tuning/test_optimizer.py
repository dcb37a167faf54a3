"""Schedule, weight decay and loss scaling, against their formulas."""

import math

import numpy as np
import pytest

from toolchain.training.tuning.optimizer import cosine, make_optimizer


@pytest.mark.parametrize("warmup", [0, 10])
def test_the_rate_rises_in_a_line_and_falls_as_half_a_cosine(warmup):
    schedule = cosine(0.3, 100, warmup)
    for step in (0, 1, 5, 9, 10, 11, 50, 99, 100, 130):
        if step < warmup:
            wanted = 0.3 * step / warmup
        else:
            wanted = 0.15 * (1 + math.cos(math.pi * min(1, (step - warmup) / (100 - warmup))))
        assert float(schedule(step)) == pytest.approx(wanted, abs=1e-6)


def step(name, gradient, **settings):
    """Return kernel, bias, gamma and beta, each 2, after one step with this gradient."""
    import keras

    variables = [keras.Variable(np.full(3, 2, np.float32), name=kind) for kind in ("kernel", "bias", "gamma", "beta")]
    given = {"momentum": 0.9, "weight_decay": 0.0, "clip": None, "loss_scaling": False} | settings
    optimizer = make_optimizer(name, 0.1, **given)
    optimizer.build(variables)
    optimizer.apply([keras.ops.convert_to_tensor(np.full(3, gradient, np.float32)) for _ in variables], variables)
    return [float(variable.numpy()[0]) for variable in variables]


@pytest.mark.parametrize("name", ["sgd", "adamw"])
def test_only_kernels_decay(name):
    kernel, *others = step(name, 0.0, weight_decay=0.5)
    assert kernel == pytest.approx(2 * (1 - 0.1 * 0.5))
    assert others == [2, 2, 2]


def test_sgd_has_nesterov_momentum():
    # v = -rate * g; w += momentum * v - rate * g
    assert step("sgd", 1.0)[0] == pytest.approx(2 - 0.1 * (1 + 0.9))


def test_a_gradient_is_cut_to_its_largest_norm():
    norm = math.sqrt(4 * 3)
    assert step("sgd", 1.0, clip=norm / 2, momentum=0.0)[0] == pytest.approx(2 - 0.1 / 2)


def test_a_step_that_overflows_float16_changes_nothing():
    assert step("sgd", float("inf"), loss_scaling=True) == [2, 2, 2, 2]
