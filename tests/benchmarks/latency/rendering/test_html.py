"""The page: nothing outside of it, nothing in it that runs, no picture unless asked for, the same bytes each time."""

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pytest
from measured import brief, contender, named, parity, report
from PIL import Image

from benchmarks.latency.rendering.drawing import inks
from benchmarks.latency.rendering.html import page, thumbnails
from benchmarks.latency.rendering.rows import read
from benchmarks.latency.rendering.thumbnails import thumbnail
from benchmarks.latency.report import Row
from models.errors import PictureError

EVIL = "<script>alert('$x$')</script>&\"onload=\"x"


class Elements(HTMLParser):
    """Tags and attributes of a page; whether every element is closed; the text of each heading."""

    VOID = {"meta", "img", "br"}

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.ids = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def small():
    return read(report([brief("keras", 0), brief("onnx int8", 1, parity=parity(0.1, 1, count=40))]))


@pytest.fixture(scope="module")
def evil_page():
    parts = parity(0.4, 3, count=40)
    evil = brief(
        "onnx int8", 1, parity=parts.model_copy(update={"pictures": (EVIL, *parts.pictures[1:])}), failure=EVIL
    )
    return page(read(report([brief("keras", 0), named(evil, EVIL)])))


def test_the_page_asks_for_nothing_outside_of_itself(full_page):
    assert not re.search(r"https?:|//[a-z]|@import|url\((?!#)|\bsrc=", full_page)
    assert not {"script", "link", "iframe", "img", "object"} & set(Elements(full_page).tags)


def test_every_plot_is_drawn_and_every_id_is_there_once(full_page):
    elements = Elements(full_page)
    drawn = {"pareto", "distribution-single_stream", "throughput", "service", "course"}
    drawn |= {"scatter-0", "roc-0", "reliability-0"}
    assert drawn == set(re.findall(r'<figure id="([^"]+)">', full_page))
    assert full_page.count('role="img"') == len(drawn)
    plain = [one for one in elements.ids if not re.search(r"-(m|p|glyph)[0-9a-f]{10}$|-[0-9a-f]{32}", one)]
    assert len(plain) == len(set(plain))


def test_the_headline_comes_before_everything(full_page):
    order = [full_page.index(text) for text in ("Who is fastest?", "What failed", 'id="pareto"', "Single stream</h2>")]
    assert order == sorted(order)


def test_names_are_text_and_never_markup(evil_page):
    elements = Elements(evil_page)
    assert "script" not in elements.tags
    assert "onload" not in elements.attributes
    assert "<script" not in evil_page
    assert "&lt;script&gt;alert" in evil_page
    assert "mathdefault" not in evil_page


def test_a_run_in_which_everything_failed_is_a_page_without_plots():
    text = page(read(report([Row(contender=contender("hangs"), failure="it did not load")])))
    assert "nobody was measured" in text
    assert "it did not load" in text
    assert "<figure" not in text


def test_the_same_report_gives_the_same_bytes_and_leaves_matplotlib_as_it_was(small):
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 20.0, "svg.hashsalt": "another"}):
        settings = dict(mpl.rcParams)
        first = page(small)
        assert dict(mpl.rcParams) == settings
    assert page(small) == first


def test_of_the_pictures_that_are_given_those_that_changed_most_are_shown(small, tmp_path):
    changed = small.standing("onnx int8").row.parity
    (category,) = changed.categories
    moved = np.abs(np.subtract(category.candidate, category.original))
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "black.png")
    shown = thumbnails(small, dict.fromkeys(changed.pictures[:20], tmp_path / "black.png"))
    order = np.argsort(-moved[:20])[:8]
    assert [one.name for one in shown] == [changed.pictures[place] for place in order]
    first = order[0]
    line = f"onnx int8, adult: {category.original[first]:.4f} to {category.candidate[first]:.4f}"
    assert shown[0].changes == (line,)


def test_in_a_thumbnail_nothing_can_be_made_out(tmp_path):
    stripes = (np.indices((300, 400)).sum(axis=0) // 20 % 2 * 255).astype(np.uint8)
    exif = Image.Exif()
    exif[0x010E] = "what it is of"
    Image.fromarray(stripes).convert("RGB").save(tmp_path / "stripes.jpg", exif=exif)
    address = thumbnail(tmp_path / "stripes.jpg")
    with Image.open(BytesIO(base64.b64decode(address.partition("base64,")[2]))) as image:
        assert max(image.size) == 112
        assert np.ptp(np.asarray(image.convert("L"), int)) < 32
        assert not image.getexif()


def test_a_picture_that_cannot_be_read_is_refused(small, tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"not a picture")
    with pytest.raises(PictureError, match=r"broken\.jpg"):
        thumbnails(small, dict.fromkeys(small.standing("onnx int8").row.parity.pictures, broken))


def test_each_contender_has_its_own_ink(reading):
    many = [
        replace(one, row=named(one.row, f"{turn} {one.name}")) for turn in range(4) for one in reading.standings[1:]
    ]
    drawn = inks([reading.standings[0], *many])
    assert len({(ink.colour, ink.dash) for ink in drawn.values()}) == len(many) + 1
