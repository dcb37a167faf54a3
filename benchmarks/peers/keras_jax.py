"""The Keras original on JAX: as Keras runs it, and jitted by hand, which spares Keras' own work around each call.

Half precision is Keras' dtype policy, set layer by layer. On the device the input is normalised float32.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.latency.contender import Contender
from benchmarks.latency.model import Model
from benchmarks.peers._folder import linked, spec_of, subject, write_link
from benchmarks.peers._pictures import normaliser
from models.bundle import Bundle
from models.classifier import load_keras
from models.errors import UnavailableError
from models.resnet50 import Architecture, training_form
from models.runtimes import Device

TITLE = "the Keras original on JAX"
PACKAGES = ("keras", "jax")
RECIPES = ("fp32-jit", "fp32-predict", "mixed-fp16-jit", "mixed-fp16-predict", "fp16-jit")
DEVICES: tuple[Device, ...] = ("cuda", "cpu")
LIMITS_THREADS = False
ENVIRONMENT = {"KERAS_BACKEND": "jax", "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}

Policy = Literal["float32", "mixed_float16", "float16"]
_POLICIES: dict[str, Policy] = {"fp32": "float32", "mixed-fp16": "mixed_float16", "fp16": "float16"}


def prepare(original: Bundle, recipe: str, calibration: Sequence[NDArray[np.uint8]], folder: Path) -> None:  # noqa: ARG001
    """Write down where the original is."""
    write_link([original], folder)


def load(folder: Path, recipe: str, contender: Contender) -> Model:
    """Load the original under the recipe's policy; XLA compiles it for each batch size when that is first asked for.

    Raises:
        UnavailableError: Keras runs on another backend, JAX does not see the device, or threads were asked for, which
            XLA takes from the process.
    """
    import jax
    import keras

    if keras.backend.backend() != "jax":
        raise UnavailableError(
            contender.name, f"wants Keras on JAX (got {keras.backend.backend()})", "Set KERAS_BACKEND=jax."
        )
    if contender.threads is not None and contender.device == "cpu":
        raise UnavailableError("threads", "XLA cannot limit them", "Leave --threads out, or limit the process.")
    try:
        device = jax.devices(contender.device)[0]
    except RuntimeError as error:
        raise UnavailableError(f"device {contender.device}", "JAX sees no such device") from error
    policy, _, how = recipe.rpartition("-")
    (original,) = linked(folder)
    with jax.default_device(device):
        model = _with_policy(load_keras(original), _POLICIES[policy])
        scores = _jitted(model) if how == "jit" else model.predict_on_batch

    def place(batch: NDArray[np.float32]) -> Any:
        return jax.device_put(batch, device)

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(scores(place(batch)), np.float32)

    def predict(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with jax.default_device(device):
            return np.asarray(scores(batch), np.float32)

    provider = f"{device.platform} {device.device_kind}"
    described = subject(contender, f"keras {keras.__version__} on jax", jax.__version__, provider)
    prepare_batch = normaliser(spec_of(folder).preprocessing)
    if how == "predict":  # its scores come back to this process's memory, wherever the batch is
        return Model(run=predict, subject=described, prepare=prepare_batch)
    return Model(
        run=run,
        subject=described,
        prepare=prepare_batch,
        place=place,
        run_resident=lambda on_device: scores(on_device).block_until_ready(),
    )


def _with_policy(model: Any, policy: Policy) -> Any:
    """Return the ``keras.Model`` with every layer under the policy, and the same weights.

    Statistics that a head takes stay in float32: squares overflow in half precision, for everybody.
    """
    import keras

    if policy == "float32":
        return model

    def under_it(layer: Any) -> Any:
        wide = layer.name.startswith("tap_") or not isinstance(layer, keras.Layer)
        return type(layer).from_config(layer.get_config() | ({} if wide else {"dtype": policy}))

    under = keras.models.clone_model(model, clone_function=under_it)
    under.set_weights(model.get_weights())
    return under


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
    """Return a run of ``model.predict_on_batch`` on a batch that is on the device already; scores come back."""
    import jax

    on_device = jax.device_put(batch)
    return lambda: model.predict_on_batch(on_device)


def jitted(model: Any, batch: NDArray[np.float32]) -> Callable[[], object]:
    """Return a run of the jitted ``stateless_call`` on a batch that is on the device already."""
    import jax

    on_device = jax.device_put(batch)
    scores = _jitted(model)
    return lambda: scores(on_device).block_until_ready()


def _jitted(model: Any) -> Callable[[Any], Any]:
    """Return the jitted ``stateless_call``, from ``jax.Array`` to ``jax.Array``."""
    import jax

    variables = [  # copies: predict_on_batch donates the model's own
        [jax.numpy.array(variable.value) for variable in some]
        for some in (model.trainable_variables, model.non_trainable_variables)
    ]

    @jax.jit
    def scores(trained: Any, others: Any, pictures: Any) -> Any:
        return model.stateless_call(trained, others, pictures, training=False)[0]

    return lambda pictures: scores(*variables, pictures)
