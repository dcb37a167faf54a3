"""From encoded picture to network input: the one implementation that every exporter, runtime and client is held to.

    pixels = resize(decode(Path("cat.jpg"), rule), rule)   # uint8 [height, width, 3], RGB
    batch = normalise(pixels[None], rule)                  # float32, what the trained network was fed

The exported graphs take ``pixels`` as they are: the normalisation is folded into their first convolution.
"""

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from models.document import Document

Filter = Literal["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]
Triple = tuple[float, float, float]
Byte = int


class Resize(Document):
    """To ``width`` x ``height`` pixels with one of Pillow's filters.

    ``fit``: "stretch" ignores the aspect ratio; "cover" keeps it and cuts what hangs over, evenly; "contain" keeps
    it and fills what is left with ``Preprocessing.background``.
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


def normalise(pixels: NDArray[np.uint8], rule: Preprocessing) -> NDArray[np.float32]:
    """Return ``pixels`` (uint8 [..., 3] RGB) as the float32 that the trained network takes, channels in its order."""
    scaled = pixels.astype(np.float32) * np.float32(rule.scale) + np.float32(rule.offset)
    return scaled[..., ::-1] if rule.channel_order == "bgr" else scaled
