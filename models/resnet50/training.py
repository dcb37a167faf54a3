"""The form that is trained."""

from collections.abc import Mapping
from typing import Any

from models.resnet50.architecture import Architecture, Tensor, run_body, watched
from models.resnet50.heads import FLAT, PLAIN, SINGLE, HeadForm, check_taps
from models.resnet50.keras_layers import keras_operations, statistics


def training_form(
    arch: Architecture,
    labels: tuple[str, ...],
    height: int = 224,
    width: int = 224,
    *,
    head: HeadForm = PLAIN,
    dropout: float = 0.0,
) -> Any:
    """Build the network that is trained: normalised float32 pictures in, one sigmoid per label out.

    Layer names and weight shapes are those of ``keras.applications.ResNet50(include_top=False)``, so that its weights
    load by name. The features that the head reads are the output of ``avg_pool``, or, with taps, of ``features``. They
    pass a dropout, if there is one, Dense layers ``hidden0``, ``hidden1`` ..., and a Dense layer ``scores``. The head
    is in float32, whatever Keras' policy is. Nothing but layers and operations of Keras, so that Keras alone can load
    the file.

    Returns:
        keras.Model: float32 [n, height, width, 3] to float32 [n, len(labels)] in [0, 1], freshly initialised.

    Raises:
        ValueError: ``head`` taps something else than layers of ``arch.taps``, or not the last one; or the
            pictures are so small that the last stage has a single position.
    """
    import keras
    from keras import layers

    check_taps(arch, head.taps)
    if head.taps and min(height, width) <= SINGLE:
        raise ValueError(f"taps need pictures of more than {SINGLE} pixels a side (got {height}x{width})")

    def convolve(x: Any, name: str, filters: int, kernel: int, stride: int) -> Any:
        if name == "conv1":
            x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
        padding = "same" if kernel == 3 else "valid"
        x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, name=f"{name}_conv")(x)
        return layers.BatchNormalization(epsilon=arch.epsilon, name=f"{name}_bn")(x)

    image = keras.Input((height, width, 3), name="image")
    read = head.taps or arch.taps[-1:]
    operations, seen = watched(keras_operations(arch, convolve), read)
    run_body(arch, image, operations, "trained")
    scores = _head(arch, {layer: seen[layer] for layer in read}, labels, head, dropout)
    model = keras.Model(image, scores, name=arch.name)
    _name_operations(model)
    return model


def head_form(arch: Architecture, labels: tuple[str, ...], *, head: HeadForm = PLAIN, dropout: float = 0.0) -> Any:
    """Build what ``training_form`` has behind the backbone, on its own, with the same names.

    Returns:
        keras.Model: from the outputs of ``head.taps``, or of the last stage, float32 [n, rows, columns, channels] each,
        to float32 [n, len(labels)] in [0, 1]; the inputs are named after the layers.

    Raises:
        ValueError: as ``training_form``.
    """
    import keras

    check_taps(arch, head.taps)
    read = head.taps or arch.taps[-1:]
    outputs = {layer: keras.Input((None, None, arch.channels(layer)), name=layer) for layer in read}
    model = keras.Model(list(outputs.values()), _head(arch, outputs, labels, head, dropout), name="head")
    _name_operations(model)
    return model


def _head(
    arch: Architecture, outputs: Mapping[str, Tensor], labels: tuple[str, ...], head: HeadForm, dropout: float
) -> Tensor:
    from keras import layers

    if head.taps:
        x = _tapped_features(arch, outputs)
    else:
        x = layers.GlobalAveragePooling2D(dtype="float32", name="avg_pool")(outputs[arch.taps[-1]])
    if dropout:
        x = layers.Dropout(dropout, dtype="float32", name="dropout")(x)
    for index, size in enumerate(head.hidden):
        x = layers.Dense(size, activation="relu", dtype="float32", name=f"hidden{index}")(x)
    return layers.Dense(len(labels), activation="sigmoid", dtype="float32", name="scores")(x)


def _tapped_features(arch: Architecture, outputs: Mapping[str, Tensor]) -> Tensor:
    from keras import layers, ops

    def root(variance: Tensor, _: str) -> Tensor:
        return ops.sqrt(ops.add(variance, FLAT))

    found: list[Tensor] = []
    for tap, x in outputs.items():
        found += statistics(x, tap, root, lambda step, _: ops.absolute(step), even=arch.read_at_even_positions(tap))
    together = layers.Concatenate(dtype="float32", name="tap_statistics")(found)
    # not log1p, for which converters that others may use have nothing
    return layers.Flatten(dtype="float32", name="features")(ops.log(ops.add(together, 1.0)))


def _name_operations(model: Any) -> None:
    """Name what is no layer by its kind and a number, whatever else Keras has built in this process."""
    import keras

    count: dict[str, int] = {}
    for operation in model.operations:
        if not isinstance(operation, keras.Layer):
            kind = type(operation).__name__.lower()
            operation.name = f"tap_{kind}_{count.setdefault(kind, 0)}"
            count[kind] += 1
