"""Pillow's ``Image.resize`` in TensorFlow's own operations, to the pixel.

A filter that widens with the reduction, weights of 22 bits after the point, integer sums, 8 bits between columns and
rows (Pillow 13, src/libImaging/Resample.c and, for "nearest", Geometry.c).
"""

from typing import Any

import numpy as np

from models.preprocessing import Filter

Tensor = Any

SUPPORT: dict[Filter, float] = {"box": 0.5, "bilinear": 1.0, "hamming": 1.0, "bicubic": 2.0, "lanczos": 3.0}
"""How far each filter reaches, in pixels of the smaller scale."""
_BITS = 22


def resample(pixels: Tensor, rows: Tensor, columns: Tensor, name: Filter) -> Tensor:
    """Return uint8 [rows, columns, 3] of uint8 [h, w, 3].

    Columns come first; rows do where h > rows and h - rows > 2 * (w - columns), as in Pillow (models.preprocessing).
    """
    import tensorflow as tf

    step = _nearest if name == "nearest" else _filtered
    height, width = tf.unstack(tf.shape(pixels)[:2])
    rows_first = tf.logical_and(height > rows, height - rows > 2 * (width - columns))
    return tf.cond(
        rows_first,
        lambda: step(step(pixels, 0, rows, name), 1, columns, name),
        lambda: step(step(pixels, 1, columns, name), 0, rows, name),
    )


def _nearest(pixels: Tensor, axis: int, length: Tensor, name: Filter) -> Tensor:
    import tensorflow as tf

    del name
    before = tf.shape(pixels)[axis]
    step = tf.cast(before, tf.float64) / tf.cast(length, tf.float64)
    centres = tf.cumsum(tf.concat([[step / 2], tf.fill([length - 1], step)], 0))  # added up one by one, as Pillow does
    return tf.gather(pixels, tf.cast(centres, tf.int32), axis=axis)


def _filtered(pixels: Tensor, axis: int, length: Tensor, name: Filter) -> Tensor:
    import tensorflow as tf

    before = tf.shape(pixels)[axis]
    starts, weights = _taps(before, length, name)
    along = (-1, 1, 1) if axis == 0 else (-1, 1)

    def add(index: Tensor, total: Tensor) -> tuple[Tensor, Tensor]:
        read = tf.gather(pixels, tf.minimum(starts + index, before - 1), axis=axis)
        return index + 1, total + tf.cast(read, tf.int32) * tf.reshape(weights[index], along)

    half = tf.fill(tf.concat([tf.shape(pixels)[:axis], [length], tf.shape(pixels)[axis + 1 :]], 0), 1 << (_BITS - 1))
    shapes = (tf.TensorShape(()), tf.TensorShape((None, None, 3)))
    _, total = tf.while_loop(
        lambda index, _: index < tf.shape(weights)[0], add, (tf.constant(0), tf.ensure_shape(half, shapes[1])), shapes
    )
    return tf.cast(tf.clip_by_value(tf.bitwise.right_shift(total, _BITS), 0, 255), tf.uint8)


def _taps(before: Tensor, length: Tensor, name: Filter) -> tuple[Tensor, Tensor]:
    """Return the first pixel that each new one reads, int32 [length], and its weights, int32 [taps, length]."""
    import tensorflow as tf

    ratio = tf.cast(before, tf.float64) / tf.cast(length, tf.float64)
    spread = tf.maximum(ratio, 1.0)
    support = SUPPORT[name] * spread
    centres = (tf.cast(tf.range(length), tf.float64) + 0.5) * ratio
    first = tf.maximum(tf.cast(centres - support + 0.5, tf.int32), 0)
    end = tf.minimum(tf.cast(centres + support + 0.5, tf.int32), before)
    read = first + tf.range(2 * tf.cast(tf.math.ceil(support), tf.int32) + 1)[:, None]
    places = (tf.cast(read, tf.float64) - centres + 0.5) * (1.0 / spread)
    weights = tf.where(read < end, _curve(places, name), tf.zeros((), tf.float64))
    shares = weights / tf.reduce_sum(weights, axis=0)
    return first, tf.cast(shares * (1 << _BITS) + 0.5 * tf.sign(shares), tf.int32)


def _curve(x: Tensor, name: Filter) -> Tensor:
    """Return a filter's weight at a distance: float64, of ``x``'s shape."""
    import tensorflow as tf

    distance = tf.abs(x)

    def sinc(at: Tensor) -> Tensor:
        angle = np.pi * at
        return tf.where(
            angle == 0, tf.ones_like(angle), tf.sin(angle) / tf.where(angle == 0, tf.ones_like(angle), angle)
        )

    def cubic() -> Tensor:
        a = -0.5
        near = ((a + 2) * distance - (a + 3)) * distance * distance + 1
        far = (((distance - 5) * distance + 8) * distance - 4) * a
        return tf.where(distance < 1, near, far)

    curves: dict[Filter, Any] = {
        "box": lambda: tf.cast(x > -0.5, tf.float64),
        "bilinear": lambda: 1 - distance,
        "hamming": lambda: sinc(x) * (0.54 + 0.46 * tf.cos(np.pi * x)),
        "bicubic": cubic,
        "lanczos": lambda: sinc(x) * sinc(x / 3),
    }
    within = tf.logical_and(x >= -SUPPORT[name], x <= SUPPORT[name])
    return tf.where(within, curves[name](), tf.zeros((), tf.float64))
