"""Encoded picture in, RGB pixels out: the part of preprocessing that meets hostile bytes.

    pixels = decode_rgb(Path("cat.jpg"), exif_rotation=True, background=(255, 255, 255))

Only the decoders in ``DECODERS`` are ever reached, chosen by the content's first bytes and not by the file's name.
No setting of Pillow is changed, so any number of threads may decode at once. Colour profiles are not applied.
"""

import stat
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from models.container_limits import excess
from models.errors import PictureError

MAX_PIXELS = 100_000_000
"""Most pixels that a picture may have, read from its header before anything is decoded (300 MB as RGB)."""

MAX_SIDE = 65_535
"""Longest side in pixels, JPEG's own limit; it bounds the memory that resizing a very thin picture takes."""

DECODERS: dict[str, Callable[[IO[bytes]], ImageFile]] = {
    "JPEG": JpegImageFile,  # MPO, two JPEGs in one file, is read as its first
    "PNG": PngImageFile,
    "WebP": WebPImageFile,
    "GIF": GifImageFile,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
}

_SIGNATURES = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
}

_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TURN_BACK = _TURN | {6: _TURN[8], 8: _TURN[6]}

_PLAIN_MODES = {"1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr"}


def decode_rgb(
    source: Path | bytes,
    *,
    exif_rotation: bool,
    background: tuple[int, int, int],
    subject: object | None = None,
) -> NDArray[np.uint8]:
    """Return the first frame of a picture as uint8 [height, width, 3], RGB.

    Grey becomes three equal channels; 16 bits become 8 by their high byte; CMYK becomes RGB as
    ``(255 - c) * (255 - k) / 255``; what is transparent is laid on ``background`` with
    ``(alpha * colour + (255 - alpha) * background) / 255``, rounded to nearest.

    Args:
        source: a file, or the encoded content itself.
        exif_rotation: turn and mirror as the EXIF orientation says.
        background: the colour behind transparent pixels, RGB.
        subject: what an error calls the picture; its path by default.

    Raises:
        PictureError: it cannot be read, is damaged, is not of a format in ``DECODERS``, is larger than
            ``MAX_PIXELS`` or ``MAX_SIDE``, has more parts than ``container_limits`` allows, or has pixels that do not
            say what white is (32-bit integer or float).
    """
    if isinstance(source, bytes):
        return _decode(BytesIO(source), exif_rotation, background, subject or "picture")
    with _open_file(source, subject or source) as stream:
        return _decode(stream, exif_rotation, background, subject or source)


def picture_format(start: bytes) -> str | None:
    """Return which of ``DECODERS`` the first 16 bytes of a file ask for, None for none of them."""
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "WebP"
    return next((form for signature, form in _SIGNATURES.items() if start.startswith(signature)), None)


def _open_file(path: Path, subject: object) -> IO[bytes]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise PictureError(subject, "a folder, not a picture")
        if not stat.S_ISREG(mode):
            raise PictureError(subject, "not a regular file")
        return path.open("rb")
    except FileNotFoundError:
        raise PictureError(subject, "no such file") from None
    except OSError as error:
        raise PictureError(subject, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise PictureError(subject, f"not a path ({error})") from error


def _decode(
    stream: IO[bytes], exif_rotation: bool, background: tuple[int, int, int], subject: object
) -> NDArray[np.uint8]:
    form = _format(stream, subject)
    try:
        if too_much := excess(form, stream):
            raise PictureError(subject, f"a damaged or unusual {form} picture ({too_much})")
        picture = DECODERS[form](stream)
        _check_size(picture.size, subject)
        return _pixels(picture, exif_rotation, background, subject)
    except PictureError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(subject, f"too large (got more than {MAX_PIXELS:,} pixels)", "Make it smaller.") from error
    except MemoryError as error:
        raise PictureError(subject, "too large for the memory that is free") from error
    except Exception as error:  # decoders fed hostile bytes fail in every way there is
        reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise PictureError(subject, f"a damaged or unusual {form} picture ({reason})") from error


def _format(stream: IO[bytes], subject: object) -> str:
    start = stream.read(16)
    stream.seek(0)
    if not start:
        raise PictureError(subject, "empty (got 0 bytes)")
    form = picture_format(start)
    if form is None:
        raise PictureError(subject, "not a picture that rct can read", f"Known: {', '.join(DECODERS)}.")
    return form


def _check_size(size: tuple[int, int], subject: object) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE:
        limit = f"at most {MAX_PIXELS:,} pixels and {MAX_SIDE:,} on a side"
        raise PictureError(subject, f"too large (got {width}x{height}; {limit})", "Make it smaller.")


def _pixels(
    picture: ImageFile, exif_rotation: bool, background: tuple[int, int, int], subject: object
) -> NDArray[np.uint8]:
    orientation = _orientation(picture)
    picture.load()
    rgb = _to_rgb(picture, background, subject)
    if isinstance(picture, TiffImageFile):  # Pillow turns a TIFF itself, always
        turn = None if exif_rotation else _TURN_BACK.get(orientation)
    else:
        turn = _TURN.get(orientation) if exif_rotation else None
    return np.asarray(rgb.transpose(turn) if turn is not None else rgb)


def _orientation(picture: ImageFile) -> int:
    """Return the EXIF orientation, 1 (upright) where there is none; a broken EXIF block does not break the picture."""
    try:
        value = picture.getexif().get(Base.Orientation, 1)
    except Exception:  # noqa: BLE001  as above: the block's content is hostile too
        return 1
    return value if isinstance(value, int) else 1


def _to_rgb(picture: ImageFile, background: tuple[int, int, int], subject: object) -> Image.Image:
    plain: Image.Image = _eight_bits(picture) if picture.mode.startswith("I;16") else picture
    if plain.has_transparency_data:
        canvas = Image.new("RGB", plain.size, background)
        canvas.paste(coloured := plain.convert("RGBA"), mask=coloured)
        return canvas
    if plain.mode not in _PLAIN_MODES:
        raise PictureError(
            subject, f"its pixels have no agreed meaning as colours (got mode {plain.mode})", "Convert it to 8-bit RGB."
        )
    return plain.convert("RGB")


def _eight_bits(picture: ImageFile) -> Image.Image:
    """Return a grey picture of up to 16 bits as 8 bits, by the high byte: what is done to 16-bit colour too."""
    bits = picture.tag_v2.get(Base.BitsPerSample, (16,))[0] if isinstance(picture, TiffImageFile) else 16
    values = np.asarray(picture)
    grey = Image.fromarray((values >> (bits - 8)).astype(np.uint8))
    if (transparent := picture.info.get("transparency")) is not None:
        grey.putalpha(Image.fromarray(np.where(values == transparent, 0, 255).astype(np.uint8)))
    return grey
