"""Pictures that are dear, moving or broken, given to the C++ client under sanitizers."""

from io import BytesIO

import numpy as np
import pytest
from many_parts import many_parts
from PIL import Image
from sanitized_cpp import MARKS, refused, run, written

from models.container_limits import excess
from models.decoding import picture_format
from models.frames import has_several_frames

pytestmark = MARKS


def test_a_picture_that_cannot_be_read_is_one_line(cpp_program, cpp_package, tmp_path):
    Image.new("RGB", (40, 30), (9, 8, 7)).save(tmp_path / "whole.jpg")
    Image.fromarray(np.random.default_rng(1).integers(0, 256, (60, 80, 3)).astype(np.uint8)).save(tmp_path / "p.png")
    jpeg, png = (tmp_path / "whole.jpg").read_bytes(), (tmp_path / "p.png").read_bytes()
    wide = bytearray(png)
    wide[16:24] = (60_000).to_bytes(4, "big") * 2
    for content, text in [
        (b"", "picture: empty (got 0 bytes)."),
        (b"hello", "picture: neither JPEG nor PNG. Convert it to one of them."),
        (jpeg[: len(jpeg) // 3], "picture: a damaged or unusual JPEG"),
        (png[: len(png) // 2], "picture: a damaged or unusual PNG (it ends too early)."),
        (jpeg[:3], "picture: a damaged or unusual JPEG"),
        (png[:8], "picture: a damaged or unusual PNG (it ends too early)."),
        (bytes(wide), "picture: a damaged or unusual PNG"),
    ]:
        path = tmp_path / "picture"
        path.write_bytes(content)
        assert refused(cpp_program, cpp_package, path).startswith(f"{path}: {text}")
    nowhere = tmp_path / "nowhere"
    assert refused(cpp_program, cpp_package, nowhere) == f"{nowhere}: {nowhere}: no such file, or it cannot be read."
    assert refused(cpp_program, cpp_package, tmp_path).startswith(f"{tmp_path}: ")


def test_pictures_of_too_many_parts_are_refused_as_by_rct(cpp_program, cpp_package, tmp_path):
    for name, (content, too_many) in many_parts().items():
        (path := tmp_path / name).write_bytes(content)
        if too_many:
            form = picture_format(content[:16])
            problem = f"a damaged or unusual {form} ({excess(form, BytesIO(content)).replace(',', '')})."
            assert refused(cpp_program, cpp_package, path) == f"{path}: picture: {problem}"
        else:
            assert run(cpp_program, cpp_package, path).returncode == 0, name


def png_of(frames, folder, **options):
    first, *others = [Image.new("RGB", (9, 7), (40 * turn, 9, 7)) for turn in range(frames)]
    first.save(folder / "moving.png", save_all=True, append_images=others, **options)
    return folder / "moving.png"


@pytest.mark.parametrize(
    ("frames", "options"),
    [(3, {}), (2, {"default_image": True}), (1, {})],
    ids=["three", "a still one and one more", "one"],
)
def test_an_animated_png_is_for_a_person(cpp_program, cpp_package, tmp_path, frames, options):
    """As Pillow counts frames, with those that it leaves out of the animation."""
    path = png_of(frames, tmp_path, **options)
    if has_several_frames(path):
        said = "picture: several frames, and only the first would be scored. Let a person look."
        assert refused(cpp_program, cpp_package, path) == f"{path}: {said}"
    else:
        assert run(cpp_program, cpp_package, path).returncode == 0


def test_damage_of_any_kind_neither_crashes_nor_hangs(cpp_program, cpp_package, tmp_path):
    chance = np.random.default_rng(6)
    (tmp_path / "pictures").mkdir()
    names = []
    for path in written(tmp_path / "pictures"):
        content = np.frombuffer(path.read_bytes(), np.uint8)
        for turn in range(6):
            damaged = content.copy()
            where = chance.integers(8, len(content), 12)
            damaged[where] = chance.integers(0, 256, 12)
            names.append(tmp_path / f"{turn}{path.name}")
            names[-1].write_bytes(damaged[: chance.integers(9, len(content) + 1)].tobytes())
    done = run(cpp_program, cpp_package, *names)
    assert done.returncode == 2, done.stderr
    assert len(done.stdout.splitlines()) + len(done.stderr.splitlines()) == len(names)
