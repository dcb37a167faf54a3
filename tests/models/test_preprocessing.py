"""The geometry and the arithmetic of preprocessing, held against Pillow, Keras and numbers done by hand."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.preprocessing import Filter, Preprocessing, Resize, decode, normalise, read_picture, resize

SIZES = [(1, 1), (1, 9), (9, 1), (31, 17), (17, 31), (64, 48), (48, 64), (300, 200), (5, 200)]


def rule(width: int, height: int, crop: tuple[int, int] | None = None, **fields: object) -> Preprocessing:
    crop_width, crop_height = crop or (width, height)
    return Preprocessing(
        width=crop_width,
        height=crop_height,
        resize=Resize(width=width, height=height, **{k: fields.pop(k) for k in ("filter", "fit") if k in fields}),
        **fields,
    )


def picture(width: int, height: int) -> NDArray[np.uint8]:
    return np.random.default_rng(width * 1000 + height).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", get_args(Filter))
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_stretch_is_pillows_resize(name: str, width: int, height: int) -> None:
    pixels = picture(width, height)
    expected = Image.fromarray(pixels).resize((20, 30), getattr(Image, name.upper()))
    assert np.array_equal(resize(pixels, rule(20, 30, filter=name)), np.asarray(expected))


def test_bilinear_reduction_is_the_triangle_filter_widened() -> None:
    """Pillow's documented filter in exact fractions: weights of a triangle as wide as the reduction, normalised."""
    pixels = picture(23, 1)
    got = resize(pixels, rule(5, 1, filter="bilinear"))
    scale = Fraction(23, 5)
    for column in range(5):
        centre = (column + Fraction(1, 2)) * scale
        weights = [max(Fraction(0), 1 - abs(x + Fraction(1, 2) - centre) / scale) for x in range(23)]
        for channel in range(3):
            exact = sum(w * int(v) for w, v in zip(weights, pixels[0, :, channel], strict=True)) / sum(weights)
            assert abs(got[0, column, channel] - exact) <= 0.5 + 1e-3


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("target", [(23, 23), (31, 19), (7, 53)])
def test_cover_cuts_what_keras_cuts(width: int, height: int, target: tuple[int, int], tmp_path: Path) -> None:
    utils = pytest.importorskip("keras.utils")
    pixels = picture(width, height)
    if min(width * target[1] // target[0], height * target[0] // target[1]) == 0:
        pytest.skip("Keras fails where a side comes out shorter than one pixel")
    Image.fromarray(pixels).save(tmp_path / "picture.png")
    expected = utils.load_img(
        tmp_path / "picture.png", target_size=target[::-1], interpolation="nearest", keep_aspect_ratio=True
    )
    same = (resize(pixels, rule(*target, filter="nearest", fit="cover")) == np.asarray(expected)).all(axis=-1)
    assert same.mean() > 0.8  # a column or row beside, and none would be; ties fall either way by rounding


def test_cover_cuts_before_it_resamples() -> None:
    pixels = picture(31, 10)  # the centre 10 of 31 columns starts at (31 - 10) // 2 = 10
    expected = resize(np.ascontiguousarray(pixels[:, 10:20]), rule(8, 8))
    assert np.array_equal(resize(pixels, rule(8, 8, fit="cover")), expected)


def test_contain_lays_the_whole_picture_on_the_background() -> None:
    pixels = picture(100, 33)  # 20 x 6: 20 * 33 / 100 = 6.6, rounded down; (20 - 6) // 2 = 7 rows above
    got = resize(pixels, rule(20, 20, fit="contain", background=(1, 2, 3)))
    assert np.array_equal(got[7:13], np.asarray(Image.fromarray(pixels).resize((20, 6), Image.BILINEAR)))
    assert (got[:7] == (1, 2, 3)).all()
    assert (got[13:] == (1, 2, 3)).all()


@pytest.mark.parametrize("fit", ["stretch", "cover", "contain"])
@pytest.mark.parametrize(("width", "height"), [*SIZES, (1, 65_535), (65_535, 1), (4000, 2), (2, 4000)])
def test_every_shape_comes_out_at_the_networks_size(fit: str, width: int, height: int) -> None:
    pixels = resize(picture(width, height), rule(24, 16, crop=(20, 9), fit=fit))
    assert pixels.shape == (9, 20, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def test_the_centre_is_cut_rounded_down() -> None:
    whole = resize(picture(50, 40), rule(16, 15))
    cut = resize(picture(50, 40), rule(16, 15, crop=(11, 10)))
    assert np.array_equal(cut, whole[2:12, 2:13])


def test_same_size_changes_nothing() -> None:
    assert np.array_equal(resize(picture(24, 16), rule(24, 16, filter="lanczos")), picture(24, 16))


def test_read_picture_is_decode_then_resize(tmp_path: Path) -> None:
    stream = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(picture(30, 20)).convert("RGBA").save(stream, "PNG", exif=exif)
    (tmp_path / "picture.png").write_bytes(stream.getvalue())
    for turned in (True, False):
        chosen = rule(8, 8, exif_rotation=turned)
        decoded = decode(stream.getvalue(), chosen)
        assert decoded.shape == ((30, 20, 3) if turned else (20, 30, 3))
        assert np.array_equal(read_picture(tmp_path / "picture.png", chosen), resize(decoded, chosen))


def test_a_refused_picture_is_named_as_the_caller_says() -> None:
    with pytest.raises(ValueError, match="crop must not be larger"):
        rule(8, 8, crop=(9, 8))
    with pytest.raises(Exception, match=r"^upload 7: empty \(got 0 bytes\)\.$"):
        decode(b"", rule(8, 8), subject="upload 7")


KERAS_MODES = {
    "tf": {"scale": (1 / 127.5,) * 3, "offset": (-1.0,) * 3},
    "caffe": {"offset": (-123.68, -116.779, -103.939), "channel_order": "bgr"},
    "torch": {
        "scale": tuple(1 / 255 / s for s in (0.229, 0.224, 0.225)),
        "offset": tuple(-m / s for m, s in zip((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), strict=True)),
    },
}


@pytest.mark.parametrize("mode", KERAS_MODES)
def test_one_affine_rule_covers_every_mode_of_keras(mode: str) -> None:
    imagenet = pytest.importorskip("keras.applications.imagenet_utils")
    pixels = picture(8, 8)[None]
    expected = imagenet.preprocess_input(pixels.astype(np.float32), mode=mode)
    got = normalise(pixels, rule(8, 8, **KERAS_MODES[mode]))
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=2e-5)
