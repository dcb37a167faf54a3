"""Web packages as an engineer uses them: npm's packages beside them, Node.js, and a page in headless Chromium.

RCT_WEB_PACKAGES names a folder in whose node_modules the packages of clients/web/package.json are; without it they are
installed for the session, and the tests are skipped where that fails.
"""

import json
import os
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from browsing import browsing, serving
from PIL import Image

from exporters.export import ExportOptions, export
from models.classifier import find_original
from models.preprocessing import decode, read_picture
from models.runtimes import load_runtime
from toolchain.packaging.build import write_package
from toolchain.packaging.rendering import CLIENTS

PHOTO = Path(__file__).parents[4] / "exporters/calibration/pictures/drawing-anchor.jpg"
OWN = {
    "index.html", "page.css", "page.js", "browser.js", "classifier.js", "container.js", "selftest.js",
    "model/manifest.json", "model/model.onnx",
}  # fmt: skip
RUNTIME = {"ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory):
    if named := os.environ.get("RCT_WEB_PACKAGES"):
        return Path(named) / "node_modules"
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("npm")
    for name in ("package.json", ".npmrc"):
        shutil.copyfile(CLIENTS / "web" / name, folder / name)
    done = subprocess.run(["npm", "install"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-300:]
    return folder / "node_modules"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """What is served; every package has its folder in it."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def original():
    return find_original("open_nsfw")


@pytest.fixture(scope="module")
def package(root, original, node_modules, tmp_path_factory):
    bundle = export([original], "onnx", "fp32", tmp_path_factory.mktemp("fp32") / "b", ExportOptions(), lambda _: None)
    return _installed(bundle, root / "fp32", node_modules)


@pytest.fixture(scope="module")
def tiny_packages(root, tiny_original, calibration_folder, node_modules, tmp_path_factory):
    """A package on the tiny backbone by recipe: what a runtime must know is in it, and nothing else."""
    packages = {}
    for recipe in ("fp32", "int8", "fp16"):
        options = ExportOptions(calibrate=calibration_folder if recipe == "int8" else None)
        target = tmp_path_factory.mktemp(recipe) / "b"
        bundle = export([tiny_original], "onnx", recipe, target, options, lambda _: None)
        packages[recipe] = _installed(bundle, root / f"tiny-{recipe}", node_modules)
    return packages


@pytest.fixture(scope="module")
def tiny_package(tiny_packages):
    return tiny_packages["fp32"]


def _installed(bundle, folder, node_modules):
    write_package(bundle, "web", folder)
    (folder / "node_modules").symlink_to(node_modules)
    return folder


@pytest.fixture(scope="module")
def site(root):
    with serving(root) as site:
        yield site


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if shutil.which("chromedriver") is None or shutil.which("chromium") is None:
        pytest.skip("Chromium and chromedriver are not installed")
    with browsing(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def selftest_state(browser, url):
    browser.open(url)
    browser.wait_for("document.querySelector('#selftest').dataset.state !== 'running'")
    return browser.run("const e = document.querySelector('#selftest'); return [e.dataset.state, e.textContent];")


def node(folder, *arguments):
    command = ["node", *map(str, arguments)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def keras_scores(original, path):
    pixels = read_picture(path, original.manifest.spec.preprocessing)
    return dict(zip(original.manifest.spec.labels, load_runtime(original)(pixels[None])[0].tolist(), strict=True))


def test_node_passes_the_selftest_and_scores_as_the_original(package, original):
    done = node(package, "selftest.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "passed."
    answer = json.loads(node(package, "node.mjs", PHOTO).stdout)
    assert answer["scores"] == pytest.approx(keras_scores(original, PHOTO), abs=1e-3)


def test_node_says_which_picture_it_cannot_read(tiny_package, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(PHOTO.read_bytes()[:500])
    done = node(tiny_package, "node.mjs", tmp_path / "broken.jpg", PHOTO)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{tmp_path / 'broken.jpg'}: ")
    assert json.loads(done.stdout)["file"] == str(PHOTO)


def test_the_page_scores_as_the_original_and_sends_nothing(package, original, site, browser, tmp_path):
    site.requests.clear()
    state, text = selftest_state(browser, f"{site.url}/fp32/")
    assert state == "passed", text
    assert text.count(" ok ") == 5
    browser.choose_file("#picture", PHOTO)
    assert browser.wait_for("document.querySelector('#verdict').dataset.verdict") in {"allow", "review", "block"}
    rows = browser.run(
        "return [...document.querySelectorAll('#scores tbody tr')]"
        ".map((row) => [row.cells[0].textContent, Number(row.cells[1].dataset.score)]);"
    )
    assert dict(rows) == pytest.approx(keras_scores(original, PHOTO), abs=1e-3)

    golden = {f"golden/{path.name}" for path in (package / "golden").iterdir()}
    runtime = {f"node_modules/onnxruntime-web/dist/{name}" for name in RUNTIME}
    allowed = {"/fp32/"} | {f"/fp32/{name}" for name in OWN | golden | runtime}
    assert {path for _, path, _ in site.requests} <= allowed
    assert {(method, length) for method, _, length in site.requests} == {("GET", "0")}
    for method, url in browser.requested():
        assert method == "GET"
        assert url.startswith((f"{site.url}/fp32/", "blob:", "data:"))


def test_the_page_cannot_speak_to_another_server(tiny_package, site, browser):
    browser.open(f"{site.url}/tiny-fp32/")
    site.requests.clear()
    elsewhere = site.url.replace("127.0.0.1", "localhost")
    script = (
        "return fetch(given[0], { method: 'POST', body: 'x', mode: 'no-cors' }).then(() => 'sent', () => 'refused');"
    )
    assert browser.run(script, f"{elsewhere}/stolen") == "refused"
    assert not [path for _, path, _ in site.requests if path == "/stolen"]
    assert browser.run("return fetch('page.css').then(() => 'sent', () => 'refused');") == "sent"


def test_the_page_gives_a_damaged_picture_to_a_person(tiny_package, site, browser, tmp_path):
    selftest_state(browser, f"{site.url}/tiny-fp32/")
    (tmp_path / "broken.jpg").write_bytes(b"not a picture")
    browser.choose_file("#picture", tmp_path / "broken.jpg")
    assert browser.wait_for("document.querySelector('#verdict').dataset.verdict") == "review"
    assert "damaged" in browser.run("return document.querySelector('#verdict').textContent;")


DROP = """
const bytes = await (await fetch(given[0])).arrayBuffer();
const dragged = new DataTransfer();
dragged.items.add(new File([bytes], "dropped", { type: "image/jpeg" }));
const options = { dataTransfer: dragged, bubbles: true, cancelable: true };
return document.body.dispatchEvent(new DragEvent("drop", options));
"""


def test_a_dropped_picture_is_scored_and_not_opened(tiny_package, tiny_original, site, browser):
    golden = json.loads((tiny_package / "golden" / "golden.json").read_text())["pictures"][0]
    selftest_state(browser, f"{site.url}/tiny-fp32/")
    assert browser.run(DROP, f"golden/{golden['file']}") is False
    browser.wait_for("document.querySelector('#verdict').dataset.verdict")
    cells = "document.querySelectorAll('#scores td[data-score]')"
    scores = browser.run(f"return [...{cells}].map((cell) => Number(cell.dataset.score));")
    assert scores == pytest.approx(golden["scores"], abs=1e-3)


@pytest.mark.parametrize("stage", ["decoded", "resized", "bundle_score", "resized_score"])
def test_a_stage_that_differs_is_named_and_no_picture_is_taken(tiny_package, root, site, browser, stage):
    folder = root / stage
    shutil.copytree(tiny_package, folder, symlinks=True)
    golden = json.loads((folder / "golden" / "golden.json").read_text())
    entry = golden["pictures"][0]
    if stage.endswith("score"):
        key = "scores" if stage == "resized_score" else "bundle_scores"
        entry[key] = [0.5 + score / 2 for score in entry[key]]
    else:
        path = folder / "golden" / entry[stage]
        pixels = np.asarray(Image.open(path)) ^ 64
        Image.fromarray(pixels).save(path)
    (folder / "golden" / "golden.json").write_text(json.dumps(golden))
    line = f"FAILED: {stage} is the first stage that differs."
    done = node(folder, "selftest.mjs")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, line)
    state, text = selftest_state(browser, f"{site.url}/{stage}/")
    assert (state, text.splitlines()[-1]) == ("failed", line)
    assert browser.run("return document.querySelector('#picture').disabled;")


@pytest.mark.parametrize("recipe", ["int8", "fp16"])
def test_other_recipes_run_in_both(tiny_packages, site, browser, recipe):
    done = node(tiny_packages[recipe], "selftest.mjs")
    assert done.returncode == 0, done.stdout + done.stderr
    state, text = selftest_state(browser, f"{site.url}/tiny-{recipe}/")
    assert state == "passed", text


def odd_pictures():
    """Encoded pictures by name: grey, transparent, turned, of few colours, with a profile, of more than 8 bits."""
    chance = np.random.default_rng(8)
    colours = chance.integers(0, 256, (13, 22, 3), dtype=np.uint8)
    alpha = chance.integers(0, 256, (13, 22, 1), dtype=np.uint8)
    rgb, rgba = Image.fromarray(colours), Image.fromarray(np.concatenate([colours, alpha], -1))
    smooth = Image.fromarray(np.linspace(0, 255, 64 * 48 * 3).reshape(48, 64, 3).astype(np.uint8))
    turned = Image.Exif()
    turned[0x0112] = 6
    profile = _profile()
    made = {
        "grey.png": (rgb.convert("L"), {}),
        "grey-alpha.png": (rgba.convert("LA"), {}),
        "rgba.png": (rgba, {}),
        "palette.png": (rgb.quantize(16), {}),
        "palette-transparent.png": (rgb.quantize(16), {"transparency": 3}),
        "sixteen-bits.png": (Image.fromarray(chance.integers(0, 65536, (13, 22), dtype=np.uint16)), {}),
        "profile.png": (rgb, {"icc_profile": profile}),
        "turned.png": (rgb, {"exif": turned}),
        "turned.jpg": (smooth, {"exif": turned, "quality": 92}),
        "profile.jpg": (smooth, {"icc_profile": profile, "quality": 92}),
        "grey.jpg": (smooth.convert("L"), {"quality": 92}),
        "rgba.webp": (rgba, {"lossless": True, "exact": True}),
        "transparent.gif": (rgb.quantize(16), {"transparency": 3}),
    }
    return {name: _encode(picture, Path(name).suffix, options) for name, (picture, options) in made.items()}


def _profile():
    """A profile under which colours look different: sRGB with its red and blue exchanged."""
    from PIL import ImageCms

    content = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = content.find(b"rXYZ"), content.find(b"bXYZ")
    content[red : red + 4], content[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(content)


def _encode(picture, suffix, options):
    stream = BytesIO()
    picture.save(stream, Image.registered_extensions()[suffix], **options)
    return stream.getvalue()


@pytest.fixture(scope="module", params=odd_pictures().items(), ids=lambda item: item[0])
def odd_picture(request, tiny_package):
    name, encoded = request.param
    (tiny_package / "odd").mkdir(exist_ok=True)
    path = tiny_package / "odd" / name
    path.write_bytes(encoded)
    return path


DECODE = """
const { load, read } = await import(given[0]);
const classifier = await load();
const { width, height, pixels } = await classifier.decode(await read(given[1]));
return [width, height, Array.from(pixels)];
"""


def test_odd_pictures_are_decoded_as_the_original_decodes_them(odd_picture, tiny_package, tiny_original, site, browser):
    expected = decode(odd_picture, tiny_original.manifest.spec.preprocessing)
    name = f"odd/{odd_picture.name}"
    browser.open(f"{site.url}/tiny-fp32/page.css")
    in_browser = browser.run(DECODE, f"{site.url}/tiny-fp32/browser.js", name)
    script = f"const answer = async (...given) => {{ {DECODE} }};"
    script += f"console.log(JSON.stringify(await answer('./node.mjs', '{name}')))"
    in_node = json.loads(node(tiny_package, "--input-type=module", "--eval", script).stdout)
    for where, (width, height, pixels) in {"node": in_node, "browser": in_browser}.items():
        assert (height, width) == expected.shape[:2], where
        off = np.abs(np.reshape(pixels, expected.shape) - expected.astype(int)).max()
        assert off <= (4 if odd_picture.suffix == ".jpg" else 1), f"{where}: off by {off}"
