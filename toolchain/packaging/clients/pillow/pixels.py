"""A picture's bytes to the network's input with Pillow and NumPy, by the manifest's rule of preprocessing."""  # noqa: INP001

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from container import excess  # type: ignore[import-not-found]  # beside this one
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

READERS: dict[bytes, Callable[[BytesIO], ImageFile]] = {
    b"\xff\xd8\xff": JpegImageFile,  # a phone's two JPEGs in one file are read as the first
    b"\x89PNG\r\n\x1a\n": PngImageFile,
    b"RIFFWEBP": WebPImageFile,
    b"GIF8": GifImageFile,
    b"BM": BmpImageFile,
}
MAX_PIXELS = 100_000_000
MAX_SIDE = 65_535
PLAIN_MODES = ("1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr")
EXIF_ORIENTATION = 0x0112
# mirrored, 180, upside down, transposed, 270, transversed, 90: the EXIF orientations 2 to 8
TURN = dict(enumerate(map(Image.Transpose, (0, 3, 1, 5, 4, 6, 2)), start=2))


def decode(encoded: bytes, rule: dict[str, Any]) -> np.ndarray:
    """Return a picture's pixels, upright and opaque: uint8 [height, width, 3] RGB.

    ValueError or OSError: it is damaged, of another format, too large, of several frames, or of very many parts.
    """
    try:
        return upright(open_picture(encoded), rule)
    except (OSError, ValueError):
        raise
    except Exception as error:  # decoders fed hostile bytes fail in every way there is
        raise ValueError(f"picture: damaged or unusual ({error or type(error).__name__}).") from error


def upright(picture: ImageFile, rule: dict[str, Any]) -> np.ndarray:
    """Return the pixels of a picture whose header was read; Pillow raises what it likes."""
    try:
        orientation = picture.getexif().get(EXIF_ORIENTATION, 1)
    except Exception:  # noqa: BLE001  a broken EXIF block does not break the picture
        orientation = 1
    picture.load()
    plain = eight_bits(picture) if picture.mode.startswith("I;16") else picture
    if "A" in plain.getbands() or "a" in plain.getbands() or "transparency" in plain.info:
        rgb = Image.new("RGB", plain.size, tuple(rule["background"]))
        rgb.paste(coloured := plain.convert("RGBA"), mask=coloured)
    elif plain.mode in PLAIN_MODES:
        rgb = plain.convert("RGB")
    else:
        raise ValueError(f"picture: its pixels have no agreed meaning as colours (got mode {plain.mode}).")
    turn = TURN.get(orientation) if rule["exif_rotation"] else None
    return np.asarray(rgb if turn is None else rgb.transpose(turn))


def resize(pixels: np.ndarray, rule: dict[str, Any]) -> np.ndarray:
    """Return the network's input of decoded pixels: uint8 [height, width, 3] of the sizes in the rule."""
    size, (height, width) = rule["resize"], pixels.shape[:2]
    columns, rows = size["width"], size["height"]
    if size["fit"] == "cover":
        pixels = centre(pixels, *largest_inside(width, height, columns, rows))
    elif size["fit"] == "contain":
        columns, rows = largest_inside(columns, rows, width, height)
    resampling = Image.Resampling[size["filter"].upper()]
    resized = np.asarray(Image.fromarray(pixels).resize((columns, rows), resampling))
    if size["fit"] == "contain":
        canvas = np.full((size["height"], size["width"], 3), rule["background"], np.uint8)
        centre(canvas, columns, rows)[:] = resized
        resized = canvas
    return np.ascontiguousarray(centre(resized, rule["width"], rule["height"]))


def in_canvas(resized: np.ndarray, rule: dict[str, Any]) -> np.ndarray:
    """Return ``resized`` in the middle of a picture that a model which resizes and cuts by itself does neither to."""
    size = rule["resize"]
    canvas = np.zeros((size["height"], size["width"], 3), np.uint8)
    centre(canvas, resized.shape[1], resized.shape[0])[:] = resized
    return canvas


def open_picture(encoded: bytes) -> ImageFile:
    """Return the picture with nothing decoded but its header; no setting of Pillow's is looked at or changed.

    What is wrong with it is a ValueError; Pillow itself raises what it likes.
    """
    start = b"RIFFWEBP" if encoded[:4] + encoded[8:12] == b"RIFFWEBP" else encoded
    reader = next((reader for mark, reader in READERS.items() if start.startswith(mark)), None)
    if reader is None:
        raise ValueError("picture: not a JPEG, PNG, WebP, GIF or BMP.")
    if too_much := excess(encoded):
        raise ValueError(f"picture: damaged or unusual ({too_much}).")
    picture = reader(BytesIO(encoded))
    if picture.width * picture.height > MAX_PIXELS or max(picture.size) > MAX_SIDE:
        raise ValueError(f"picture: too large (got {picture.width}x{picture.height}).")
    if getattr(picture, "is_animated", False):
        raise ValueError("picture: it has several frames, and only the first would be scored.")
    return picture


def eight_bits(picture: Image.Image) -> Image.Image:
    """Return a grey picture of 16 bits as 8 bits, by the high byte."""
    values = np.asarray(picture)
    grey = Image.fromarray((values >> 8).astype(np.uint8))
    if (transparent := picture.info.get("transparency")) is not None:
        grey.putalpha(Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
    return grey


def largest_inside(width: int, height: int, across: int, down: int) -> tuple[int, int]:
    """Return the width and height of the largest box of the aspect across:down that fits, rounded down."""
    return max(1, min(width, height * across // down)), max(1, min(height, width * down // across))


def centre(pixels: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return the middle width x height; where a margin is odd, the smaller half is at the top and on the left."""
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]
