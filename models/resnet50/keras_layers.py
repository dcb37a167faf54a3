"""A body's operations and a tap's statistics as Keras layers, as both forms have them."""

from collections.abc import Callable

from models.resnet50.architecture import Architecture, Operations, Tensor


def keras_operations(arch: Architecture, convolve: Callable[[Tensor, str, int, int, int], Tensor]) -> Operations:
    """Return a body's operations as Keras layers; ``convolve`` says what a convolution is made of."""
    from keras import layers

    def pool(x: Tensor) -> Tensor:
        x = layers.ZeroPadding2D((arch.pool_padding, arch.pool_padding), name="pool1_pad")(x)
        return layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)

    return Operations(
        convolve=convolve,
        relu=lambda x, name: layers.Activation("relu", name=name)(x),
        add=lambda shortcut, x, name: layers.Add(name=name)([shortcut, x]),
        pool=pool,
        subsample=lambda x, name: layers.MaxPooling2D(1, strides=2, name=name)(x),
        join=lambda x, other, name: layers.Concatenate(name=name)([x, other]),
    )


Operation = Callable[[Tensor, str], Tensor]
"""Of one tensor, told the name of its layer."""
Statistics = tuple[Tensor, Tensor, Tensor]
"""Mean, standard deviation and difference over rows and columns, float32 [n, 1, 1, channels] each."""


def statistics(x: Tensor, tap: str, root: Operation, absolute: Operation, *, even: bool) -> Statistics:
    """Return the statistics of ``x``, a tensor [n, rows, columns, channels], or of its even rows and columns.

    In two passes, and in float32 whatever ``x`` is: squares of float16 would overflow, and the difference of two large
    numbers would lose what a nearly flat channel has. ``root`` takes a square root, ``absolute`` the absolute value.
    """
    from keras import layers

    if even:
        x = layers.MaxPooling2D(1, strides=2, name=f"tap_{tap}_even")(x)
    mean = layers.GlobalAveragePooling2D(keepdims=True, dtype="float32", name=f"tap_{tap}_mean")(x)
    centred = layers.Subtract(dtype="float32", name=f"tap_{tap}_centred")([x, mean])
    squared = layers.Multiply(dtype="float32", name=f"tap_{tap}_squared")([centred, centred])
    variance = layers.GlobalAveragePooling2D(keepdims=True, dtype="float32", name=f"tap_{tap}_variance")(squared)
    down, across = (_between_neighbours(x, f"tap_{tap}_{way}", absolute) for way in ("down", "across"))
    difference = layers.Add(dtype="float32", name=f"tap_{tap}_difference")([down, across])
    return mean, root(variance, f"tap_{tap}_deviation"), difference


def _between_neighbours(x: Tensor, name: str, absolute: Operation) -> Tensor:
    from keras import layers

    first, last = (
        (((1, 0), (0, 0)), ((0, 1), (0, 0))) if name.endswith("_down") else (((0, 0), (1, 0)), ((0, 0), (0, 1)))
    )
    later, sooner = layers.Cropping2D(first, name=f"{name}_later")(x), layers.Cropping2D(last, name=f"{name}_sooner")(x)
    step = absolute(layers.Subtract(dtype="float32", name=f"{name}_step")([later, sooner]), f"{name}_size")
    return layers.GlobalAveragePooling2D(keepdims=True, dtype="float32", name=name)(step)
