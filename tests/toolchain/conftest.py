"""Null bundles and flat pictures, so that the command line is driven in milliseconds and every score is known."""

import signal
from dataclasses import dataclass, replace

import pytest
from PIL import Image

from models.bundle import seal
from models.golden import GOLDEN_FILE, make_golden
from models.runtimes import load_runtime
from models.runtimes.null import write_null
from models.spec import ClassifierSpec
from toolchain.cli import main


@dataclass(frozen=True)
class Run:
    """What a command left: its exit code, standard output and standard error."""

    code: int
    out: str
    err: str


@pytest.fixture
def rct(capsys, monkeypatch, tmp_path):
    """Run a command line in this process, in an empty folder, 80 columns wide, as a pipe would see it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Run(code, captured.out, captured.err)

    return run


@pytest.fixture
def interruptible():
    """A shell's background job ignores interrupts, and so would what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def spec():
    """Two categories on 8x6 pictures: how red, how green."""
    return ClassifierSpec.model_validate(
        {
            "name": "colours",
            "backbone": "resnet50_1by2",
            "licence": "CC0-1.0",
            "categories": [
                {"name": "red", "definition": "Mostly red."},
                {"name": "green", "definition": "Mostly green."},
            ],
            "preprocessing": {"width": 8, "height": 6, "resize": {"width": 8, "height": 6}},
            "thresholds": {"red": {"review": 0.25, "block": 0.75}, "green": {"review": 0.5, "block": 0.5}},
        }
    )


@pytest.fixture
def original(tmp_path, spec):
    """The share of red and of green."""
    return write_null(tmp_path / "original", spec)


@pytest.fixture
def export(tmp_path, spec, original):
    """Make a child of ``original``: the same rule, or one that is off by ``bias``."""

    def export(name="export", *, bias=(0.0, 0.0), recipe="fp32", any_size=False):
        parent = {"name": "colours", "sha256": original.manifest.sha256}
        return write_null(tmp_path / name, spec, bias=list(bias), recipe=recipe, any_size=any_size, parent=parent)

    return export


@pytest.fixture
def with_golden(paint):
    """Put golden vectors into a null bundle: those of ``scorer``, by default its own; ``own``: its own scores."""

    def with_golden(bundle, scorer=None, own=None):
        rule = bundle.manifest.spec.preprocessing
        golden = make_golden([paint("golden.png", (200, 40, 0))], rule, load_runtime(scorer or bundle))
        replace(golden, bundle_scores=own).save(bundle.path / GOLDEN_FILE)
        seal(bundle.path, **bundle.manifest.model_dump(exclude={"files", "schema_version"}))
        return bundle

    return with_golden


@pytest.fixture
def paint(tmp_path):
    """Write a picture of one colour, as a file that keeps every pixel."""

    def paint(name, colour, size=(16, 12)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(path)
        return path

    return paint


@pytest.fixture
def photos(paint):
    """Four pictures in two folders that are named like categories and one that is not."""
    paint("photos/red/strong.png", (255, 0, 0))
    paint("photos/red/weak.png", (102, 0, 0))
    paint("photos/green/strong.png", (0, 255, 0))
    return paint("photos/other/grey.png", (10, 10, 10)).parents[1]


@pytest.fixture
def verify(rct, original, photos):
    """Run ``rct verify`` against the original, on the photos."""

    def verify(bundle, *arguments):
        return rct("verify", bundle.path, "--original", original.path, "--images", photos, *arguments)

    return verify
