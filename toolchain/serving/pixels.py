"""From a body to the network's input, on a thread: only the formats that are served, and only the sizes."""

from contextlib import suppress
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from models.decoding import DECODERS, picture_format
from models.errors import PictureError
from models.preprocessing import Preprocessing, read_picture
from toolchain.serving.refusals import Refused

FORMATS = ("JPEG", "PNG", "WebP")


def read_pixels(content: bytes, rule: Preprocessing, max_pixels: int) -> NDArray[np.uint8]:
    """Return the picture as uint8 [rule.height, rule.width, 3], RGB.

    The first bytes say what it is, and its header how large it is, before a pixel is decoded. A picture that moves is
    refused, for only its first frame would be looked at.

    Raises:
        Refused: it is of another format, too large, moving, or damaged.
    """
    if not content:
        raise Refused("unreadable", "the body is empty")
    form = picture_format(content[:16])
    if form not in FORMATS:
        raise Refused("wrong_type", f"not a picture that is served; known: {', '.join(FORMATS)}")
    width, height, moves = _header(form, content)
    if width * height > max_pixels:
        raise Refused("too_large", f"the picture has {width}x{height} pixels, more than {max_pixels:,}")
    if moves:
        raise Refused("unreadable", "the picture has several frames, and only the first would be scored")
    try:
        return read_picture(content, rule)
    except PictureError as error:
        problem = error.problem
    raise Refused("unreadable", problem)  # outside, or the error and all that it holds would be its context


def _header(form: str, content: bytes) -> tuple[int, int, bool]:
    with suppress(Exception):  # decoders fed hostile bytes fail in every way there is
        picture = DECODERS[form](BytesIO(content))
        return *picture.size, bool(getattr(picture, "is_animated", False))
    raise Refused("unreadable", f"a damaged or unusual {form} picture")
