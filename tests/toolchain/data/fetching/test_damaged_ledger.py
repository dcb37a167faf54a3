"""A ledger that cannot be read any more is made again, by the command that it is from."""

import dataclasses

import pytest
from hostile_server import reply

from toolchain.data.ledger import LEDGER_FILE, read_ledger, write_ledger


def hole(content):
    return content[:200] + b"\xff" * 300 + content[500:]


@pytest.mark.parametrize(
    "spoil",
    [lambda _: b"damaged", lambda _: b"", lambda content: content[: len(content) // 2], hole],
    ids=["7 bytes", "nothing", "half", "a hole"],
)
def test_the_same_command_makes_it_again_and_asks_nobody(server, fetched, encoded, tmp_path, spoil):
    server.answers |= {f"/{number}": reply(200, encoded(size=(16, 16), seed=number)) for number in range(9)}
    places = [{"urls": [server.url(f"/{number}")]} for number in range(9)]
    rows = fetched(*places)
    path = tmp_path / "data" / LEDGER_FILE
    whole, visits = path.read_bytes(), dict(server.visits)
    path.write_bytes(spoil(whole))
    assert fetched(*places) == rows
    assert path.read_bytes() == whole
    assert server.visits == visits


def test_a_ledger_of_other_rows_is_made_again(server, fetched, encoded, tmp_path):
    server.answers["/0"] = reply(200, encoded())
    places = [{"urls": [server.url("/0")]}, {"urls": [server.url("/1")]}]
    rows = fetched(*places)
    write_ledger(tmp_path / "data", [dataclasses.replace(rows[0], split="val")])
    assert [row.split for row in fetched(*places)] == ["val", ""]
    assert list(read_ledger(tmp_path / "data")) != rows
