"""From encoded picture to pixels in TensorFlow's own operations, as close to ``models.preprocessing`` as they permit.

JPEG and PNG come out as Pillow has them, to the pixel: the exact integer transform, EXIF orientation, transparency laid
on the background, Pillow's own resampling. GIF and BMP are as TensorFlow reads them; it has no WebP and no TIFF.
"""

from typing import Any

from exporters.saved_model.resampling import resample
from models.preprocessing import Preprocessing

Tensor = Any

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_EXIF = (0xFF, 0xE1, None, None, *b"Exif\0\0")
"""How an EXIF segment starts, two bytes of length unknown."""
_ORIENTATION = 0x0112
_HEADER = 1 << 17
"""Bytes of a JPEG among which its EXIF segment is looked for: two segments of the largest size."""
_MOST_TAGS = 512


def read_pictures(contents: Tensor, rule: Preprocessing) -> Tensor:
    """Return uint8 [n, rule.height, rule.width, 3] of a string [n], each a whole picture file."""
    import tensorflow as tf

    form = tf.TensorSpec((rule.height, rule.width, 3), tf.uint8)
    return tf.map_fn(lambda content: resize(decode(content, rule), rule), contents, fn_output_signature=form)


def decode(content: Tensor, rule: Preprocessing) -> Tensor:
    """Return a picture file's first frame as it is displayed: uint8 [height, width, 3], RGB."""
    import tensorflow as tf

    def jpeg() -> Tensor:
        pixels = tf.io.decode_jpeg(content, channels=3, dct_method="INTEGER_ACCURATE")
        return _turn(pixels, _orientation(content)) if rule.exif_rotation else pixels

    def png() -> Tensor:
        return _on_background(tf.io.decode_png(content, channels=4), rule)

    def other() -> Tensor:
        return tf.io.decode_image(content, channels=3, expand_animations=False)

    cases = [(_starts(content, _JPEG), jpeg), (_starts(content, _PNG), png)]
    return tf.ensure_shape(tf.case(cases, default=other), (None, None, 3))


def _starts(content: Tensor, signature: bytes) -> Tensor:
    import tensorflow as tf

    return tf.equal(tf.strings.substr(content, 0, len(signature)), signature)


def _on_background(pixels: Tensor, rule: Preprocessing) -> Tensor:
    """Lay RGBA on the background: ``(alpha * colour + (255 - alpha) * background) / 255``, to nearest."""
    import tensorflow as tf

    wide = tf.cast(pixels, tf.int32)
    colours, alpha = wide[..., :3], wide[..., 3:]
    mixed = alpha * colours + (255 - alpha) * tf.constant(rule.background)
    return tf.cast((2 * mixed + 255) // 510, tf.uint8)


def _orientation(content: Tensor) -> Tensor:
    """Return the EXIF orientation of a JPEG, int64 1 to 8; 1 where it has none, or one that cannot be read."""
    import tensorflow as tf

    header = tf.cast(tf.io.decode_raw(tf.strings.substr(content, 0, _HEADER), tf.uint8), tf.int64)
    count = tf.maximum(tf.size(header) - len(_EXIF), 0)
    known = [tf.equal(header[at : at + count], byte) for at, byte in enumerate(_EXIF) if byte is not None]
    starts = tf.where(tf.reduce_all(tf.stack(known), axis=0))[:, 0]
    tiff = tf.concat([starts, [0]], axis=0)[0] + len(_EXIF)
    header = tf.pad(header, [[0, len(_EXIF) + 1]])
    last = tf.size(header, tf.int64) - 1

    def number(at: Tensor, size: int) -> Tensor:
        places = tf.range(size, dtype=tf.int64)
        digits = tf.gather(header, tf.clip_by_value(at[..., None] + places, 0, last))
        little = tf.equal(tf.gather(header, tf.minimum(tiff, last)), ord("I"))
        return tf.reduce_sum(digits * 256 ** tf.where(little, places, size - 1 - places), axis=-1)

    directory = tiff + number(tiff + 4, 4)
    entries = directory + 2 + 12 * tf.range(tf.minimum(number(directory, 2), _MOST_TAGS))
    values = tf.boolean_mask(number(entries + 8, 2), tf.equal(number(entries, 2), _ORIENTATION))
    value = tf.concat([values, [1]], axis=0)[0]
    sound = tf.logical_and(tf.size(starts) > 0, tf.logical_and(value >= 1, value <= 8))
    return tf.where(sound, value, 1)


def _turn(pixels: Tensor, orientation: Tensor) -> Tensor:
    import tensorflow as tf

    def among(*values: int) -> Tensor:
        return tf.reduce_any(tf.equal(orientation, values))

    pixels = tf.cond(orientation >= 5, lambda: tf.transpose(pixels, (1, 0, 2)), lambda: pixels)
    pixels = tf.cond(among(2, 3, 6, 7), lambda: tf.reverse(pixels, (1,)), lambda: pixels)
    return tf.cond(among(3, 4, 7, 8), lambda: tf.reverse(pixels, (0,)), lambda: pixels)


def resize(pixels: Tensor, rule: Preprocessing) -> Tensor:
    """Bring uint8 [h, w, 3] to the network's size: ``models.preprocessing.resize`` in TensorFlow's operations."""
    import tensorflow as tf

    size = rule.resize
    height, width = tf.unstack(tf.shape(pixels)[:2])
    rows, columns = tf.constant(size.height), tf.constant(size.width)
    if size.fit == "cover":
        columns_kept, rows_kept = _largest_inside(width, height, (columns, rows))
        pixels = _centre(pixels, columns_kept, rows_kept)
    if size.fit == "contain":
        columns, rows = _largest_inside(columns, rows, (width, height))
    pixels = resample(pixels, rows, columns, size.filter)
    if size.fit == "contain":
        top, left = (size.height - rows) // 2, (size.width - columns) // 2
        around = [[top, size.height - rows - top], [left, size.width - columns - left]]
        planes = [
            tf.pad(pixels[..., channel], around, constant_values=tf.constant(colour, tf.uint8))
            for channel, colour in enumerate(rule.background)
        ]
        pixels = tf.stack(planes, axis=-1)
    return tf.ensure_shape(_centre(pixels, rule.width, rule.height), (rule.height, rule.width, 3))


def _largest_inside(width: Tensor, height: Tensor, aspect: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
    import tensorflow as tf

    across, down = aspect
    return (
        tf.maximum(1, tf.minimum(width, height * across // down)),
        tf.maximum(1, tf.minimum(height, width * down // across)),
    )


def _centre(pixels: Tensor, width: Tensor, height: Tensor) -> Tensor:
    import tensorflow as tf

    shape = tf.shape(pixels)
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]
