"""From encoded picture to network input: the one implementation that every exporter, runtime and client is held to.

    pixels = read_picture(Path("cat.jpg"), rule)   # uint8 [height, width, 3], RGB: resize(decode(...))
    batch = normalise(pixels[None], rule)          # float32, what the trained network was fed

The exported graphs take ``pixels`` as they are: the normalisation is folded into their first convolution.
"""

from pathlib import Path
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field, model_validator

from models.decoding import decode_rgb
from models.document import Document

Filter = Literal["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]
Triple = tuple[float, float, float]
Byte = int


class Resize(Document):
    """To ``width`` x ``height`` pixels with one of Pillow's filters.

    ``fit``: "stretch" ignores the aspect ratio; "cover" keeps it and cuts what hangs over, evenly; "contain" keeps
    it and fills what is left with ``Preprocessing.background``. ``resize`` has the arithmetic, to the pixel.
    """

    width: int = Field(gt=0, le=4096)
    height: int = Field(gt=0, le=4096)
    filter: Filter = "bilinear"
    fit: Literal["stretch", "cover", "contain"] = "stretch"


class Preprocessing(Document):
    """How a picture becomes the network's input.

    Decode (turn by EXIF if ``exif_rotation``; lay transparency on ``background``), ``resize``, cut the centre
    ``width`` x ``height``, then per channel ``x * scale + offset`` (both in RGB order, ``x`` in 0..255), then order
    the channels as ``channel_order`` says. This one affine rule covers every mode of Keras' ``preprocess_input``.
    """

    width: int = Field(gt=0, le=4096)
    height: int = Field(gt=0, le=4096)
    resize: Resize
    exif_rotation: bool = True
    background: tuple[Byte, Byte, Byte] = (255, 255, 255)
    scale: Triple = (1.0, 1.0, 1.0)
    offset: Triple = (0.0, 0.0, 0.0)
    channel_order: Literal["rgb", "bgr"] = "rgb"

    @model_validator(mode="after")
    def _crop_fits(self) -> Self:
        if self.width > self.resize.width or self.height > self.resize.height:
            raise ValueError(
                f"the crop must not be larger than the resized picture "
                f"(got {self.width}x{self.height} from {self.resize.width}x{self.resize.height})"
            )
        return self


def decode(source: Path | bytes, rule: Preprocessing, subject: object | None = None) -> NDArray[np.uint8]:
    """Return a picture's first frame as it is displayed: uint8 [height, width, 3], RGB, at its own size.

    ``models.decoding.decode_rgb`` says how each kind of pixel becomes RGB, and what is refused.

    Raises:
        PictureError: it cannot be read, or is not safe to; ``subject`` (by default the path) is what the error names.
    """
    return decode_rgb(source, exif_rotation=rule.exif_rotation, background=rule.background, subject=subject)


def resize(pixels: NDArray[np.uint8], rule: Preprocessing) -> NDArray[np.uint8]:
    """Bring ``pixels`` (uint8 [h, w, 3]) to the network's size: uint8 [rule.height, rule.width, 3].

    With W x H = ``rule.resize`` and every division rounded down:

    1. "cover": cut the centre w' x h' of the picture first, w' = min(w, h * W / H) and h' = min(h, w * H / W).
    2. Resample to W x H; for "contain" to w' x h', w' = min(W, H * w / h) and h' = min(H, W * h / w).
    3. "contain": lay that on the centre of a W x H canvas of ``rule.background``.
    4. Cut the centre ``rule.width`` x ``rule.height``.

    No side is made shorter than one pixel. The centre a of A pixels starts at (A - a) / 2. The resampling is
    Pillow's ``Image.resize``: a filter that widens with the reduction (so a reduction does not alias), in 8-bit fixed
    point, rounded between columns and rows. Columns come first, but Pillow 13 takes rows first exactly where h > H and
    h - H > 2 * (w - W), h x w being resampled to H x W (so in 3277 trials whose result told the order, many of them
    within two pixels of that edge).
    """
    size = rule.resize
    height, width = pixels.shape[:2]
    columns, rows = size.width, size.height
    if size.fit == "cover":
        pixels = _centre(pixels, *_largest_inside(width, height, aspect=(size.width, size.height)))
    if size.fit == "contain":
        columns, rows = _largest_inside(size.width, size.height, aspect=(width, height))
    picture = Image.fromarray(pixels).resize((columns, rows), Image.Resampling[size.filter.upper()])
    resampled = np.asarray(picture)
    if (rows, columns) != (size.height, size.width):
        canvas = np.full((size.height, size.width, 3), rule.background, np.uint8)
        _centre(canvas, columns, rows)[:] = resampled
        resampled = canvas
    return np.ascontiguousarray(_centre(resampled, rule.width, rule.height))


def _largest_inside(width: int, height: int, *, aspect: tuple[int, int]) -> tuple[int, int]:
    """Return the width and height of the largest box of this aspect that fits, rounded down."""
    across, down = aspect
    return max(1, min(width, height * across // down)), max(1, min(height, width * down // across))


def _centre(pixels: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


def read_picture(source: Path | bytes, rule: Preprocessing, subject: object | None = None) -> NDArray[np.uint8]:
    """Return ``resize(decode(source, rule, subject), rule)``: uint8 [rule.height, rule.width, 3], RGB."""
    return resize(decode(source, rule, subject), rule)


def normalise(pixels: NDArray[np.uint8], rule: Preprocessing) -> NDArray[np.float32]:
    """Return ``pixels`` (uint8 [..., 3] RGB) as the float32 that the trained network takes, channels in its order."""
    scaled = pixels.astype(np.float32) * np.array(rule.scale, np.float32) + np.array(rule.offset, np.float32)
    return scaled[..., ::-1] if rule.channel_order == "bgr" else scaled
