"""The C++ client compiled under the address and undefined behaviour sanitizers, without a runtime, and how it is run.

build(target, SOURCES / "main.cpp", HERE / "null_runtime.cpp"); run(target, package, "selftest")
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.preprocessing import Preprocessing
from toolchain.packaging.rendering import CLIENTS

SOURCES, HERE = CLIENTS / "cpp", Path(__file__).parent / "toolchain/packaging/targets/cpp"
SANITIZED = ["-std=c++17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
LIBRARIES = ["-fno-sanitize-recover=all", "-ljpeg", "-lpng"]

MARKS = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("g++") and Path("/usr/include/jpeglib.h").exists() and Path("/usr/include/png.h").exists()),
        reason="apt-get install g++ libjpeg62-turbo-dev libpng-dev",
    ),
]


def build(target, *sources):
    files = [*sources, SOURCES / "rct/decode.cpp"]
    subprocess.run(["g++", *SANITIZED, f"-I{SOURCES}", *files, *LIBRARIES, "-o", target], check=True)
    return target


def run(*words):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False)


def refused(program, *words):
    done = run(program, *words)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line.removeprefix("rct_classify: ")


def rule_of(width, height, resize_width, resize_height, name, fit):
    return Preprocessing.model_validate(
        {
            "width": width,
            "height": height,
            "background": (10, 200, 90),
            "resize": {"width": resize_width, "height": resize_height, "filter": name, "fit": fit},
        }
    )


def written(folder):
    """Write pictures of every kind that the client decodes; return their paths."""
    chance = np.random.default_rng(4)
    rows, columns = np.mgrid[0:37, 0:53]
    smooth = np.stack([rows * 6, columns * 4, (rows + columns) * 2], -1).astype(np.uint8)
    colour, grey = Image.fromarray(smooth), Image.fromarray(smooth[..., 1])
    clear = Image.fromarray(np.dstack([smooth, chance.integers(0, 256, (37, 53))]).astype(np.uint8))
    for orientation in range(10):
        exif = Image.Exif()
        exif[0x0112] = orientation
        colour.save(folder / f"turned{orientation}.jpg", exif=exif, subsampling=0)
        colour.save(folder / f"turned{orientation}.png", exif=exif)
    colour.save(folder / "half.jpg", subsampling=2, quality=70)
    colour.save(folder / "progressive.jpg", progressive=True)
    colour.convert("CMYK").save(folder / "cmyk.jpg")
    grey.save(folder / "grey.jpg")
    grey.save(folder / "grey.png")
    grey.convert("1").save(folder / "bits.png")
    grey.convert("LA").save(folder / "grey_alpha.png")
    colour.quantize(16).save(folder / "palette.png")
    colour.quantize(16).save(folder / "palette_clear.png", transparency=3)
    colour.save(folder / "one_clear_colour.png", transparency=(0, 0, 0))
    clear.save(folder / "clear.png")
    Image.fromarray((smooth[..., 0].astype(np.uint16) << 8) + 200).save(folder / "deep.png")
    return sorted(folder.iterdir())
