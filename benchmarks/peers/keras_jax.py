"""The Keras original on JAX: as Keras runs it, and jitted by hand, which spares Keras' own work around each call."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from models.resnet50 import Architecture, training_form

Policy = Literal["float32", "mixed_float16", "float16"]


def under_policy(policy: Policy, backbone: Architecture, side: int) -> Any:
    """Build the ``keras.Model`` that is trained, under a dtype policy; random weights."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return training_form(backbone, ("any",), side, side)
    finally:
        keras.config.set_dtype_policy(before)


def predict_on_batch(model: Any, batch: NDArray[np.float32]) -> Callable[[], object]:
    """Return a run of ``model.predict_on_batch`` on a batch that is on the device already; it returns scores there."""
    import jax

    on_device = jax.device_put(batch)
    return lambda: model.predict_on_batch(on_device)


def jitted(model: Any, batch: NDArray[np.float32]) -> Callable[[], object]:
    """Return a run of the jitted ``stateless_call`` on a batch that is on the device already."""
    import jax

    on_device = jax.device_put(batch)
    variables = [  # copies: predict_on_batch donates the model's own
        [jax.numpy.array(variable.value) for variable in some]
        for some in (model.trainable_variables, model.non_trainable_variables)
    ]

    @jax.jit
    def scores(trained: Any, others: Any, pictures: Any) -> Any:
        return model.stateless_call(trained, others, pictures, training=False)[0]

    return lambda: scores(*variables, on_device).block_until_ready()
