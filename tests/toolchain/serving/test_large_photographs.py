"""The photographs of the figures: of the size that is said, of the picture that they are from, the same every time."""

import numpy as np
from PIL import Image

from models.decoding import decode_rgb
from toolchain.figures.large_photographs import PIXELS, write_large


def test_small_pictures_become_photographs(tmp_path):
    small = Image.linear_gradient("L").convert("RGB")
    small.save(tmp_path / "small.png")
    for name in ("one", "again"):
        (tmp_path / name).mkdir()
        (path,) = write_large([tmp_path / "small.png"], tmp_path / name)
    assert path.read_bytes() == (tmp_path / "one" / path.name).read_bytes()
    assert 1_000_000 < path.stat().st_size < 3_000_000
    pixels = decode_rgb(path, exif_rotation=True, background=(0, 0, 0))
    assert abs(pixels.shape[0] * pixels.shape[1] - PIXELS) < 10_000
    back = np.asarray(Image.fromarray(pixels).resize(small.size, Image.Resampling.BOX), int)
    assert abs(back - np.asarray(small, int)).max() <= 4
