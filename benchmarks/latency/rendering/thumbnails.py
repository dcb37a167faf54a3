"""Pictures of the user's on the page, only when asked for: small, and blurred until nothing can be made out.

thumbnail(Path("a.jpg"))         # "data:image/jpeg;base64,…"
"""

from base64 import b64encode
from io import BytesIO
from pathlib import Path

SIDE = 112
_BLUR = 9.0


def thumbnail(picture: Path) -> str:
    """Return a data address of ``picture``, 112 pixels at its longer side, under a Gaussian blur of 9 pixels.

    What is left are colours and where they are. Nothing else of the file goes along: no EXIF, no profile.

    Raises:
        PictureError: the picture cannot be read.
    """
    from PIL import Image, ImageFilter

    from models.decoding import decode_rgb

    image = Image.fromarray(decode_rgb(picture, exif_rotation=True, background=(255, 255, 255)))
    image.thumbnail((SIDE, SIDE))
    written = BytesIO()
    image.filter(ImageFilter.GaussianBlur(_BLUR)).save(written, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(written.getvalue()).decode()}"
