"""Pictures that are more than what is seen first."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from models.frames import has_several_frames


def encode(form: str, frames: int) -> bytes:
    pictures = [Image.new("RGB", (8, 8), (100 * number, 0, 0)) for number in range(frames)]
    more = {"save_all": True, "append_images": pictures[1:]} if frames > 1 else {}
    pictures[0].save(stream := BytesIO(), form, **more)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_several_frames(form: str, tmp_path: Path) -> None:
    for frames in (1, 2):
        content = encode(form, frames)
        (tmp_path / "x").write_bytes(content)
        assert has_several_frames(content) is has_several_frames(tmp_path / "x") is (frames == 2)


def test_one_frame_or_none() -> None:
    assert not any(map(has_several_frames, (encode("JPEG", 1), encode("MPO", 2), encode("BMP", 1), b"", b"GIF89a")))


def test_a_file_that_is_gone_has_none(tmp_path: Path) -> None:
    assert not has_several_frames(tmp_path / "gone.png")
