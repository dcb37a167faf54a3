"""SGD with Nesterov momentum or AdamW, a cosine with a warm-up, and weight decay on kernels alone."""

from typing import Any, Literal

Name = Literal["sgd", "adamw"]
UNDECAYED = ("bias", "gamma", "beta")
"""Variables that weight decay would only harm: it pulls scales and shifts to zero (arXiv:1812.01187)."""


def cosine(peak: float, steps: int, warmup: int) -> Any:
    """Return a Keras schedule: from 0 up to ``peak`` in a line over ``warmup`` steps, then half a cosine down to 0.

    At step ``s`` it is ``peak * s / warmup``, and from there on ``peak / 2 * (1 + cos(pi * (s - warmup) / (steps -
    warmup)))`` (Loshchilov and Hutter 2017, arXiv:1608.03983, without restarts).
    """
    import keras

    schedule = keras.optimizers.schedules.CosineDecay
    if not warmup:
        return schedule(peak, steps)
    return schedule(0.0, max(1, steps - warmup), warmup_target=peak, warmup_steps=warmup)


def make_optimizer(
    name: Name, rate: Any, *, momentum: float, weight_decay: float, clip: float | None, loss_scaling: bool
) -> Any:
    """Return a Keras optimizer; weights decay by ``rate * weight_decay`` of themselves a step, apart from the gradient.

    Args:
        name: "sgd" (Nesterov) or "adamw" (Loshchilov and Hutter 2019, arXiv:1711.05101).
        rate: a number, or a schedule.
        momentum: of SGD.
        weight_decay: 0 for none; biases, scales and shifts never decay.
        clip: largest norm of the whole gradient, None for no limit.
        loss_scaling: scale the loss so that float16 gradients do not vanish, and skip steps in which they overflow.
    """
    import keras

    shared: dict[str, Any] = {"learning_rate": rate, "weight_decay": weight_decay or None, "global_clipnorm": clip}
    inner: Any
    if name == "sgd":
        inner = keras.optimizers.SGD(momentum=momentum, nesterov=momentum > 0, **shared)
    elif weight_decay:
        inner = keras.optimizers.AdamW(**shared)
    else:
        inner = keras.optimizers.Adam(**shared)
    inner.exclude_from_weight_decay(var_names=list(UNDECAYED))
    return keras.optimizers.LossScaleOptimizer(inner) if loss_scaling else inner
