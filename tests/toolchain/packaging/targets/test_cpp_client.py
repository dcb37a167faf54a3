"""The C++ client compiled under the address and undefined behaviour sanitizers, without a runtime, against Pillow."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.frames import has_several_frames
from models.preprocessing import Preprocessing, decode, resize
from toolchain.packaging.build import write_package
from toolchain.packaging.golden_files import ppm
from toolchain.packaging.rendering import CLIENTS

SOURCES, HERE = CLIENTS / "cpp", Path(__file__).parent / "cpp"
SANITIZED = ["-std=c++17", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-fsanitize=address,undefined"]
LIBRARIES = ["-fno-sanitize-recover=all", "-ljpeg", "-lpng"]
FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")

pytestmark = [
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


@pytest.fixture(scope="module")
def probe(tmp_path_factory):
    return build(tmp_path_factory.mktemp("probe") / "probe", HERE / "probe.cpp")


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    return build(tmp_path_factory.mktemp("program") / "rct_classify", SOURCES / "main.cpp", HERE / "null_runtime.cpp")


@pytest.fixture
def package(as_format, tmp_path):
    write_package(as_format("onnx"), "cpp", tmp_path / "package")
    return tmp_path / "package"


def rule_of(width, height, resize_width, resize_height, name, fit):
    return Preprocessing.model_validate(
        {
            "width": width,
            "height": height,
            "background": (10, 200, 90),
            "resize": {"width": resize_width, "height": resize_height, "filter": name, "fit": fit},
        }
    )


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("fit", ["stretch", "cover", "contain"])
def test_a_picture_is_resized_as_pillow_does(probe, tmp_path, name, fit):
    chance = np.random.default_rng(3)
    source, target = tmp_path / "in.ppm", tmp_path / "out.ppm"
    for width, height in [(1, 1), (7, 300), (300, 7), (64, 64), (97, 61), (61, 97), (640, 481), (33, 1000), (91, 90)]:
        pixels = chance.integers(0, 256, (height, width, 3)).astype(np.uint8)
        source.write_bytes(ppm(pixels))
        for across, down in [(32, 32), (102, 64), (64, 90)]:
            rule = rule_of(across - 5, down - 4, across, down, name, fit)
            sizes = (across, down, across - 5, down - 4)
            assert run(probe, "resize", source, target, name, fit, *sizes, 10, 200, 90).returncode == 0
            difference = np.abs(np.asarray(Image.open(target)).astype(int) - resize(pixels, rule)).max()
            assert difference <= 1, (width, height, across, down)


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


def test_pictures_of_every_kind_are_decoded_as_pillow_does(probe, tmp_path):
    (tmp_path / "pictures").mkdir()
    target = tmp_path / "out.ppm"
    for path in written(tmp_path / "pictures"):
        for rotation in (True, False):
            rule = rule_of(4, 4, 4, 4, "box", "stretch").model_copy(update={"exif_rotation": rotation})
            done = run(probe, "decode", path, target, int(rotation), 10, 200, 90)
            assert done.returncode == 0, (path.name, done.stderr)
            ours, theirs = np.asarray(Image.open(target)).astype(int), decode(path, rule)
            assert ours.shape == theirs.shape, path.name
            assert np.abs(ours - theirs).max() <= (4 if path.suffix == ".jpg" else 0), path.name


@pytest.mark.parametrize("portable", [0, 1])
@pytest.mark.parametrize("size", [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 100_000])
def test_digests_are_sha_256_in_pieces_of_any_size(probe, tmp_path, size, portable):
    content = np.random.default_rng(size).bytes(size)
    (tmp_path / "file").write_bytes(content)
    for piece in (1, 63, 64, 200, 200_000):
        expected = hashlib.sha256(content).hexdigest() + "\n"
        assert run(probe, "sha256", tmp_path / "file", piece, portable).stdout == expected


@pytest.mark.parametrize(
    ("score", "verdict"),
    [(0.1, "allow"), (0.25, "review"), (0.5, "block"), (0.7, "block"), ("nan", "review"), ("inf", "block")],
)
def test_verdicts_are_those_of_the_bundle_format(probe, score, verdict):
    assert run(probe, "verdict", score, 0.25, 0.5).stdout == f"{verdict}\n"


def test_a_float_just_below_a_threshold_is_below_it(probe):
    below = float(np.float32(0.8))  # 0.800000011920929
    assert run(probe, "verdict", 0.8, 0.5, repr(below)).stdout == "block\n"
    assert run(probe, "verdict", 0.8, 0.5, "0.80000002").stdout == "review\n"


def test_the_self_test_passes_and_a_picture_is_judged(program, package):
    done = run(program, package, "selftest")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        ["decoded", "ok"], ["resized", "ok"], ["resized_score", "ok"], ["file_score", "ok"], ["passed."],
    ]  # fmt: skip
    picture = package / "golden/0.png"
    expected = f"{picture}\tblock\tred=0.784314:block\tgreen=0.156863:allow\n"
    assert run(program, package, picture).stdout == expected


def change(path, old, new):
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize(
    ("name", "old", "new", "stage"),
    [
        ("golden/0.decoded.ppm", b"\xc8\x28\x00", b"\xc8\x22\x00", "decoded"),
        ("golden/0.resized.ppm", b"\xc8\x28\x00", b"\xc8\x22\x00", "resized"),
        ("contract.txt", b"0.resized.ppm 0.7", b"0.resized.ppm 0.6", "resized_score"),
        ("contract.txt", b"0.resized.ppm 0.7", b"0.resized.ppm nan 0.7", "resized_score"),
    ],
)
def test_the_self_test_names_the_first_stage_that_differs(program, package, name, old, new, stage):
    change(package / name, old, new)
    done = run(program, package, "selftest")
    if b"nan" in new:  # a number is read, or the line is refused; never a pass
        assert done.returncode == 2
        return
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == f"FAILED: {stage} is the first stage that differs."


def test_the_self_test_is_held_to_the_bundles_own_scores(program, package):
    contract = package / "contract.txt"
    change(contract, b"\ngolden ", b"\nbundle_tolerance 0.001\ngolden ")
    whole = contract.read_bytes()
    for own, passes in [(b"0.784314 0.156863", True), (b"0.784314 0.166863", False), (b"0.774314 0.156863", False)]:
        contract.write_bytes(whole + b"bundle_scores " + own + b"\n")
        lines = run(program, package, "selftest").stdout.splitlines()
        assert lines[2].split()[:2] == ["bundle_score", "ok" if passes else "DIFFERS"]
        assert lines[-1] == ("passed." if passes else "FAILED: bundle_score is the first stage that differs.")
    contract.write_bytes(whole + b"bundle_scores 0.784314\n")
    assert "a damaged line" in refused(program, package, "selftest")


def refused(program, *words):
    done = run(program, *words)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line.removeprefix("rct_classify: ")


def test_a_picture_that_cannot_be_read_is_one_line(program, package, tmp_path):
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
        assert refused(program, package, path).startswith(f"{path}: {text}")
    nowhere = tmp_path / "nowhere"
    assert refused(program, package, nowhere) == f"{nowhere}: {nowhere}: no such file, or it cannot be read."
    assert refused(program, package, tmp_path).startswith(f"{tmp_path}: ")


def test_a_jpeg_of_a_hundred_scans_is_read_and_of_one_more_refused(program, package, tmp_path):
    noise = np.random.default_rng(2).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(picture := tmp_path / "scans.jpg", progressive=True)
    body = picture.read_bytes()[:-2]
    last, has = body[body.rindex(b"\xff\xda") :], body.count(b"\xff\xda")
    picture.write_bytes(body + (100 - has) * last + b"\xff\xd9")
    assert run(program, package, picture).returncode == 0
    picture.write_bytes(body + (101 - has) * last + b"\xff\xd9")
    assert "a damaged or unusual JPEG (more than 100 scans)" in refused(program, package, picture)


def png_of(frames, folder, **options):
    first, *others = [Image.new("RGB", (9, 7), (40 * turn, 9, 7)) for turn in range(frames)]
    first.save(folder / "moving.png", save_all=True, append_images=others, **options)
    return folder / "moving.png"


@pytest.mark.parametrize(
    ("frames", "options"),
    [(3, {}), (2, {"default_image": True}), (1, {})],
    ids=["three", "a still one and one more", "one"],
)
def test_an_animated_png_is_for_a_person(program, package, tmp_path, frames, options):
    """As Pillow counts frames, with those that it leaves out of the animation."""
    path = png_of(frames, tmp_path, **options)
    if has_several_frames(path):
        said = "picture: several frames, and only the first would be scored. Let a person look."
        assert refused(program, package, path) == f"{path}: {said}"
    else:
        assert run(program, package, path).returncode == 0


def test_a_bad_picture_does_not_stop_the_others(program, package, tmp_path):
    done = run(program, package, package / "contract.txt", package / "golden/0.png")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == len(done.stderr.splitlines()) == 1


def test_damage_of_any_kind_neither_crashes_nor_hangs(program, package, tmp_path):
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
    done = run(program, package, *names)
    assert done.returncode == 2, done.stderr
    assert len(done.stdout.splitlines()) + len(done.stderr.splitlines()) == len(names)


def test_a_package_that_is_not_whole_is_refused(program, package, tmp_path):
    assert refused(program, tmp_path / "none", "selftest").endswith("contract.txt: no such file, or it cannot be read.")
    contract = package / "contract.txt"
    whole = contract.read_bytes()
    for old, new, text in [
        (b"rct.contract/1", b"rct.contract/9", "unknown version (got rct.contract/9)."),
        (b"bilinear", b"mitchell", "unknown resize filter (got mitchell)."),
        (b"stretch", b"squeeze", "unknown fit (got squeeze)."),
        (b"model onnx", b"model tflite", "format tflite does not run here"),
        (b"crop 8", b"crop 9", "incomplete."),
        (b"crop 8 6", b"crop 8", "a damaged line (got crop 8)."),
        (b"crop", b"carp", "unknown line (got carp)."),
    ]:
        change(contract, old, new)
        assert text in refused(program, package, "selftest")
        contract.write_bytes(whole)
    change(package / "model/model.json", b"1.0", b"0.9")
    assert refused(program, package, "selftest") == (
        "model/model.json: not what the manifest says. Unpack the package again."
    )
    (package / "model/model.json").unlink()
    assert refused(program, package, "selftest").endswith("no such file, or it cannot be read.")
