"""The form that is trained."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.resnet50.architecture import Architecture, Tensor, run_body, watched
from models.resnet50.heads import FLAT, PLAIN, HeadForm, check_taps
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
        ValueError: ``head`` taps something else than layers of ``arch.taps``, or not the last one.
    """
    import keras
    from keras import layers

    check_taps(arch, head.taps)

    def convolve(x: Any, name: str, filters: int, kernel: int, stride: int) -> Any:
        if name == "conv1":
            x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
        padding = "same" if kernel == 3 else "valid"
        x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, name=f"{name}_conv")(x)
        return layers.BatchNormalization(epsilon=arch.epsilon, name=f"{name}_bn")(x)

    image = keras.Input((height, width, 3), name="image")
    operations, seen = watched(keras_operations(arch, convolve), head.taps)
    x = run_body(arch, image, operations, "trained")
    if head.taps:
        x = _tapped_features(arch, {tap: seen[tap] for tap in head.taps})
    else:
        x = layers.GlobalAveragePooling2D(dtype="float32", name="avg_pool")(x)
    if dropout:
        x = layers.Dropout(dropout, dtype="float32", name="dropout")(x)
    for index, size in enumerate(head.hidden):
        x = layers.Dense(size, activation="relu", dtype="float32", name=f"hidden{index}")(x)
    scores = layers.Dense(len(labels), activation="sigmoid", dtype="float32", name="scores")(x)
    model = keras.Model(image, scores, name=arch.name)
    _name_operations(model)
    return model


def tapped_form(arch: Architecture, taps: Sequence[str]) -> Any:
    """Build the statistics alone, as ``training_form`` has them: from the outputs of ``taps`` to ``features``.

    Raises:
        ValueError: see ``check_taps``.
    """
    import keras

    check_taps(arch, taps)
    outputs = {tap: keras.Input((None, None, arch.channels(tap)), name=tap) for tap in taps}
    model = keras.Model(list(outputs.values()), _tapped_features(arch, outputs), name="statistics")
    _name_operations(model)
    return model


def _tapped_features(arch: Architecture, outputs: Mapping[str, Tensor]) -> Tensor:
    from keras import layers, ops

    def root(variance: Tensor, _: str) -> Tensor:
        return ops.sqrt(ops.add(variance, FLAT))

    found: list[Tensor] = []
    for tap, x in outputs.items():
        found += statistics(x, tap, root, even=arch.read_at_even_positions(tap))
    together = layers.Concatenate(dtype="float32", name="tap_statistics")(found)
    return layers.Flatten(dtype="float32", name="features")(ops.log1p(together))


def _name_operations(model: Any) -> None:
    """Name what is no layer by its kind and a number, whatever else Keras has built in this process."""
    import keras

    count: dict[str, int] = {}
    for operation in model.operations:
        if not isinstance(operation, keras.Layer):
            kind = type(operation).__name__.lower()
            operation.name = f"tap_{kind}_{count.setdefault(kind, 0)}"
            count[kind] += 1
