"""``rct data fetch``: what it prints, and how it exits."""

import io
import json
from pathlib import Path

import pytest
from hostile_server import HostileServer, Listening, reply
from PIL import Image

import toolchain.data.sources

ITEM_SOURCES = Path(__file__).parents[1] / "item_sources"


@pytest.fixture
def server():
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (1, 2, 3)).save(buffer, "PNG")
    with Listening(HostileServer({"/a.png": reply(200, buffer.getvalue())})) as server:
        yield server


@pytest.fixture
def fetch(rct, server, monkeypatch):
    """Fetch what lies at paths of the server."""
    monkeypatch.setattr(toolchain.data.sources, "__path__", [*toolchain.data.sources.__path__, str(ITEM_SOURCES)])

    def fetch(*paths, options=(), allowed=True):
        lines = [json.dumps({"key": path, "urls": [server.url(path)]}) for path in paths]
        Path("items.jsonl").write_text("\n".join([*lines, "no JSON"]), "utf-8")
        private = ("--allow-private", f"127.0.0.1:{server.port}") if allowed else ()
        return rct("data", "fetch", "json-items", "items.jsonl", "--out", "mine", *private, *options)

    return fetch


def test_it_says_what_came_and_what_did_not(fetch, server):
    done = fetch("/a.png", "/gone.png", "/lost.png")
    assert done.code == 0
    heading, *table = [line.split() for line in done.out.splitlines() if line.strip("─ ")]
    assert heading[:7] == ["mine:", "1", "of", "3", "items", "have", "a"]
    assert table == [["status", "items"], ["ok", "1"], ["http", "404", "2"]]
    assert done.err.splitlines()[-2:] == ["rct: not JSON: 1 row, first at items.jsonl:4", "Next: rct data audit mine"]


def test_programs_get_a_document(fetch, server):
    done = fetch("/a.png", "/gone.png", options=["--json", "--quiet"])
    assert json.loads(done.out) == {
        "folder": "mine",
        "items": 2,
        "pictures": 1,
        "bytes": len(server.answers["/a.png"].partition(b"\r\n\r\n")[2]),
        "settled": 2,
        "statuses": {"ok": 1, "http 404": 1},
        "problems": {"not JSON": 1},
    }
    assert done.err == "rct: not JSON: 1 row, first at items.jsonl:3\n"
    assert json.loads(fetch("/a.png", "/gone.png", options=["--json"]).out)["settled"] == 0


def test_not_one_picture_is_a_failure(fetch):
    done = fetch("/gone.png", "/lost.png")
    assert done.code == 2
    assert done.err.splitlines()[-1] == (
        "rct: mine: no picture came of what it names (got 2 http 404). "
        "Its ledger has each item's reason: mine/ledger.parquet."
    )
    assert Path("mine/ledger.parquet").is_file()


def test_servers_of_ones_own_have_to_be_named(fetch):
    done = fetch("/a.png", allowed=False)
    assert done.code == 2
    assert done.err.splitlines()[-1] == (
        "rct: mine: no picture came of what it names (got 1 private address). "
        "If the servers are yours, fetch again with --allow-private HOST:PORT --retry-failed."
    )
    assert fetch("/a.png", options=("--retry-failed",)).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["open-image", "x"], "rct: source: unknown name (got 'open-image'). Known: "),
        (["json-items", "x", "--set", "color=red"], "rct: --set: json-items has no 'color'. Did you mean colour? "),
        (["json-items", "x", "--allow-private", "10.0.0.1"], "rct: --allow-private: neither HOST:PORT nor a network"),
    ],
)
def test_mistakes_are_one_line(rct, monkeypatch, arguments, message):
    monkeypatch.setattr(toolchain.data.sources, "__path__", [*toolchain.data.sources.__path__, str(ITEM_SOURCES)])
    done = rct("data", "fetch", *arguments, "--out", "mine")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)
    assert done.err.count("\n") == 1
    assert not Path("mine").exists()


def test_a_damaged_ledger_is_made_again_and_that_is_said(fetch):
    fetch("/a.png")
    whole = Path("mine/ledger.parquet").read_bytes()
    Path("mine/ledger.parquet").write_bytes(b"damaged")
    done = fetch("/a.png")
    assert done.code == 0
    assert Path("mine/ledger.parquet").read_bytes() == whole
    assert "rct: mine: its ledger could not be read and is made anew. If it was split, split it again." in done.err
    assert "could not be read" not in fetch("/a.png").err
