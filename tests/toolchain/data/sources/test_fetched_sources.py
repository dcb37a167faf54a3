"""From each source's files to a dataset: ``rct data fetch`` against a server that has the pictures, or misbehaves."""

import hashlib
import time

import pytest
from hostile_server import HostileServer, Listening, reply
from miniatures import MINIATURES, picture

from toolchain.data.dataset import read_dataset
from toolchain.data.fetching.placeholders import PLACEHOLDERS
from toolchain.data.ledger import read_ledger
from toolchain.data.sources import source_names


@pytest.fixture
def server():
    with Listening(HostileServer()) as server:
        yield server


@pytest.fixture
def fetched(rct, server, tmp_path):
    """Fetch a miniature, and return the rows of its ledger by key."""

    def fetched(name):
        one = MINIATURES[name](tmp_path / name, server.url)
        server.answers = {path: reply(200, content) for path, content in one.served.items()} | server.answers
        settings = [word for setting in one.settings for word in ("--set", setting)]
        options = ["--out", "mine", "--gap", 0, "--tries", 2, "--allow-private", f"127.0.0.1:{server.port}", "--quiet"]
        done = rct("data", "fetch", name, *one.inputs, *settings, *options)
        assert done.code == 0, done.err
        return one, {row.key: row for row in read_ledger(tmp_path / "mine")}

    return fetched


@pytest.mark.parametrize("name", source_names())
def test_every_source_becomes_a_dataset(fetched, tmp_path, name):
    one, rows = fetched(name)
    assert {key: dict(row.labels) for key, row in rows.items()} == one.labels
    assert {row.status for row in rows.values()} == {"ok"}
    assert {row.source for row in rows.values()} == ({"open-images", "folder"} if name == "datasets" else {name})
    category = next(iter(next(iter(one.labels.values()))))
    dataset = read_dataset(tmp_path / "mine", (category,))
    assert dataset.truth((category,))[:, 0].tolist() == [row.labels[category] for row in rows.values()]
    for example, row in zip(dataset.examples, rows.values(), strict=True):
        content = example.path.read_bytes()
        assert hashlib.sha256(content).hexdigest() == row.sha256
        assert not one.served or content in one.served.values()


def test_what_open_images_says_reaches_the_ledger(fetched, server):
    _, rows = fetched("open-images")
    first, second, third = rows.values()
    assert (first.url, first.rotation) == (server.url("/1_z.jpg"), 90)
    assert first.md5 == hashlib.md5(picture(11)).hexdigest()  # of the original, which was not fetched
    assert (second.url, second.md5) == (server.url("/2_o.jpg"), hashlib.md5(picture(12)).hexdigest())
    assert (first.licence, first.author) == ("https://creativecommons.org/licenses/by/2.0/", "Ann 1")
    assert first.group == third.group == "https://www.example/people/1/" != second.group
    assert (first.landing_page, first.split) == ("https://www.example/photos/1", "train")


def broken_off(visit):
    whole = reply(200, picture(1))
    visit.send(whole if visit.number > 1 else whole[:-50])


def slow(visit):
    whole = reply(200, picture(3), Content_Type="text/html")
    for begin in range(0, len(whole), 200):
        visit.send(whole[begin : begin + 200])
        time.sleep(0.002)


def test_open_images_from_a_server_that_misbehaves(fetched, server):
    server.answers = {
        "/1_z.jpg": broken_off,
        "/2_o.jpg": reply(200, picture(5)),  # another picture than the one that was labelled
        "/3_z.jpg": slow,
    }
    first, second, third = fetched("open-images")[1].values()
    assert (first.status, server.visits["/1_z.jpg"]) == ("ok", 2)
    assert (second.status, second.file) == ("wrong md5", "")
    assert (third.status, third.format) == ("ok", "jpeg")


def test_a_thumbnail_that_is_none_leaves_the_original(fetched, server):
    server.answers = {
        "/1_z.jpg": reply(302, Location="http://10.0.0.1/metadata"),
        "/1_o.jpg": reply(200, picture(11)),
        "/2_o.jpg": reply(410),
        "/3_z.jpg": reply(200, b"<html>gone</html>", Content_Type="image/jpeg"),
        "/3_o.jpg": reply(200, picture(4)),
    }
    first, second, third = fetched("open-images")[1].values()
    assert (first.status, first.url) == ("ok", server.url("/1_o.jpg"))
    assert second.status == "http 410"
    assert (third.status, third.detail.partition(";")[2].split()[:3]) == ("not a picture", ["then", "wrong", "md5"])


def test_dead_links_of_nus_wide_are_no_pictures(fetched, server, monkeypatch):
    stand_in = picture(9, "PNG")
    monkeypatch.setitem(PLACEHOLDERS, hashlib.md5(stand_in).hexdigest(), "a test's")
    server.answers = {"/0.jpg": reply(200, stand_in)}
    _, rows = fetched("nus-wide")
    assert {key: row.status for key, row in rows.items()} == {
        "actor/0001_11.jpg": "placeholder",
        "cat/0003_13.jpg": "ok",
    }
