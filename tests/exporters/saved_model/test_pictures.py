"""TensorFlow's operations decode and resize as Pillow does, to the pixel."""

from io import BytesIO
from itertools import product

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from exporters.saved_model.pictures import decode, read_pictures, resize
from models import preprocessing
from models.preprocessing import Preprocessing

FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")


def rule_with(width=24, height=20, **changes):
    given = {"width": width, "height": height, "resize": {"width": 32, "height": 28}} | changes
    return Preprocessing.model_validate(given)


def noise(height, width, channels=3, seed=0):
    """Coarse and fine detail, so that every step has something to lose."""
    chance = np.random.default_rng(seed)
    coarse = np.kron(chance.integers(0, 256, (height // 8 + 1, width // 8 + 1, channels)), np.ones((8, 8, 1)))
    mixed = 0.7 * coarse[:height, :width] + 0.3 * chance.integers(0, 256, (height, width, channels))
    return mixed.astype(np.uint8)


def encoded(pixels, form, mode="RGB", **settings):
    stream = BytesIO()
    Image.fromarray(pixels.squeeze(), mode if pixels.shape[-1] != 1 else None).save(stream, form, **settings)
    return stream.getvalue()


def decoded(content, rule):
    return tf.function(lambda text: decode(text, rule))(tf.constant(content)).numpy()


def exif(orientation, order):
    data = Image.Exif()
    data[0x010F] = "a camera"
    data[0x0112] = orientation
    data.endian = order
    return data


JPEGS = {
    "plain": encoded(noise(50, 70), "JPEG", quality=80),
    "full colour": encoded(noise(33, 41), "JPEG", quality=95, subsampling=0),
    "progressive": encoded(noise(50, 70), "JPEG", progressive=True),
    "grey": encoded(noise(30, 20, 1), "JPEG"),
}


@pytest.mark.parametrize("name", JPEGS)
def test_jpegs(name):
    np.testing.assert_array_equal(decoded(JPEGS[name], rule_with()), preprocessing.decode(JPEGS[name], rule_with()))


@pytest.mark.parametrize(("orientation", "order"), list(product(range(1, 10), ("<", ">"))))
def test_a_jpeg_is_turned_as_exif_says(orientation, order):
    content = encoded(noise(40, 24), "JPEG", exif=exif(orientation, order))
    for turned in (True, False):
        rule = rule_with(exif_rotation=turned)
        np.testing.assert_array_equal(decoded(content, rule), preprocessing.decode(content, rule))


@pytest.mark.parametrize("content", [b"Exif\0\0", b"Exif\0\0II*\0"])
def test_a_broken_exif_block_does_not_break_the_picture(content):
    content = encoded(noise(16, 24), "JPEG", exif=content)
    np.testing.assert_array_equal(decoded(content, rule_with()), preprocessing.decode(content, rule_with()))


def palette():
    picture = Image.fromarray(noise(20, 30)).quantize(16)
    stream = BytesIO()
    picture.save(stream, "PNG", transparency=3)
    return stream.getvalue()


def sixteen_bits():
    stream = BytesIO()
    Image.fromarray(np.random.default_rng(1).integers(0, 1 << 16, (20, 30)).astype(np.uint16)).save(stream, "PNG")
    return stream.getvalue()


PNGS = {
    "colour": encoded(noise(20, 30), "PNG"),
    "grey": encoded(noise(20, 30, 1), "PNG"),
    "transparent": encoded(noise(20, 30, 4), "PNG", "RGBA"),
    "grey and transparent": encoded(noise(20, 30, 2), "PNG", "LA"),
    "palette": palette(),
    "sixteen bits": sixteen_bits(),
}


@pytest.mark.parametrize("name", PNGS)
def test_pngs(name):
    rule = rule_with(background=(10, 200, 90))
    theirs = preprocessing.decode(PNGS[name], rule).astype(int)
    np.testing.assert_array_equal(decoded(PNGS[name], rule), theirs)


@pytest.mark.parametrize("form", ["GIF", "BMP"])
def test_other_files_that_tensorflow_reads(form):
    content = encoded(noise(20, 30), form)
    np.testing.assert_array_equal(decoded(content, rule_with()), preprocessing.decode(content, rule_with()))


@pytest.mark.parametrize(("name", "fit"), list(product(FILTERS, ("stretch", "cover", "contain"))))
def test_resizing_is_pillow_s_to_the_pixel(name, fit):
    given = {"width": 32, "height": 28, "filter": name, "fit": fit}
    rule = rule_with(resize=given, background=(9, 8, 7))
    resized = tf.function(
        lambda pixels: resize(pixels, rule), input_signature=[tf.TensorSpec((None, None, 3), tf.uint8)]
    )
    for seed, (height, width) in enumerate([(40, 50), (90, 31), (200, 40), (12, 13), (28, 32), (1, 300), (29, 200)]):
        pixels = noise(height, width, seed=seed)
        np.testing.assert_array_equal(
            resized(tf.constant(pixels)), preprocessing.resize(pixels, rule), err_msg=f"{width}x{height}"
        )


def test_a_batch_may_hold_files_of_every_size():
    contents = [JPEGS["plain"], PNGS["transparent"], JPEGS["grey"]]
    rule = rule_with()
    theirs = np.stack([preprocessing.read_picture(content, rule) for content in contents])
    np.testing.assert_array_equal(tf.function(lambda texts: read_pictures(texts, rule))(tf.constant(contents)), theirs)
    assert read_pictures(tf.zeros((0,), tf.string), rule).shape == (0, 20, 24, 3)
