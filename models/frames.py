"""Whether a picture has more frames than the one that is looked at."""

from io import BytesIO
from pathlib import Path

from models.decoding import DECODERS, picture_format


def has_several_frames(source: Path | bytes) -> bool:
    """Return whether a picture that was decoded moves, or has several pages: GIF, PNG, WebP or TIFF.

    Two JPEGs in one file (MPO) are two views of one picture, and count as one frame. What cannot be read has none.
    """
    try:
        with BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
            form = picture_format(stream.read(16))
            if form in (None, "JPEG", "BMP"):
                return False
            stream.seek(0)
            return bool(getattr(DECODERS[form](stream), "is_animated", False))
    except Exception:  # noqa: BLE001  the file may be gone, and decoders fed hostile bytes fail in every way there is
        return False
