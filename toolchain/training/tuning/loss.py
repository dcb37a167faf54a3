"""Cross entropy per category, with what is not known left out."""

from typing import Any


def masked_cross_entropy(targets: Any, logits: Any) -> Any:
    """Return the loss of each picture, float32 [n]: the mean over the categories of weight times cross entropy.

    It divides by the number of categories, not by that of the known ones, so that the gradient of a batch is the same
    however it is spread over devices. Computed from logits as ``max(x, 0) - x t + log(1 + exp(-|x|))``.

    Args:
        targets: float32 [n, categories, 2]: the target in [0, 1], and its weight (0 where it is not known).
        logits: [n, categories].
    """
    from keras import ops

    x = ops.cast(logits, "float32")
    target, weight = targets[..., 0], targets[..., 1]
    entropy = ops.maximum(x, 0.0) - x * target + ops.log1p(ops.exp(-ops.abs(x)))
    return ops.mean(weight * entropy, axis=-1)
