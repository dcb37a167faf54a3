"""Pictures that move and such as do not, of every format that can, and JPEGs of many scans; and what they are."""

import numpy as np
from PIL import Image

from models.frames import has_several_frames

MOVES = "picture: it has several frames, and only the first would be scored."
MANY_SCANS = "picture: a JPEG of more than 100 scans, which takes minutes to decode."
FINE = "fine"


def write_pictures(folder):
    """Write them; return what a client has to say of each, by path: of frames as Pillow counts them."""
    chance = np.random.default_rng(8)
    stills = [Image.fromarray(chance.integers(0, 256, (24, 32, 3), np.uint8)) for _ in range(3)]
    for form, options in (("gif", {}), ("png", {}), ("webp", {"lossless": True})):
        for count in (1, 2, 3):
            stills[0].save(folder / f"{count}.{form}", save_all=True, append_images=stills[1:count], **options)
    stills[0].save(folder / "still.gif")
    stills[0].save(folder / "commented.gif", comment=b"\x2c" * 700)
    stills[0].quantize(7).save(folder / "small_palette.gif")
    stills[0].save(folder / "still.webp", exif=Image.Exif())
    stills[0].save(folder / "still_and_one.png", save_all=True, append_images=stills[1:2], default_image=True)
    stills[0].save(folder / "plain.bmp")
    stills[0].save(folder / "plain.jpg", exif=Image.Exif())
    expected = {path: MOVES if has_several_frames(path) else FINE for path in sorted(folder.iterdir())}
    stills[0].save(progressive := folder / "scans.jpg", progressive=True)
    body = progressive.read_bytes()[:-2]
    last, has = body[body.rindex(b"\xff\xda") :], body.count(b"\xff\xda")
    for count, said in ((100, FINE), (101, MANY_SCANS)):
        path = folder / f"{count}_scans.jpg"
        path.write_bytes(body + (count - has) * last + b"\xff\xd9")
        expected[path] = said
    return expected | {progressive: FINE}
