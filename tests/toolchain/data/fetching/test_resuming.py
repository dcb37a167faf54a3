"""A fetch that was killed goes on where it was, and ends with the ledger of one that was not."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_server import reply

from models.errors import UserError
from toolchain.data.fetching.journal import JOURNAL_FILE, open_journal
from toolchain.data.ledger import LEDGER_FILE, write_ledger

ROOT = Path(__file__).parents[4]
PROGRAM = """
import sys
import toolchain.data.sources
toolchain.data.sources.__path__.append(sys.argv.pop(1))
from toolchain.cli import main
sys.exit(main(sys.argv[1:]))
"""


def snapshot(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def places(server, encoded):
    """Forty addresses, some of which fail."""
    for number in range(40):
        server.answers[f"/{number}"] = reply(200, encoded(size=(16, 16), seed=number)) if number % 8 else reply(404)
    return [{"urls": [server.url(f"/{number}")], "labels": {"cartoon": number % 2 == 0}} for number in range(40)]


def test_a_killed_fetch_goes_on_and_ends_with_the_same_bytes(server, fetched, places, tmp_path, limits):
    fetched(*places, folder="whole")
    first_visits = dict(server.visits)
    answers = dict(server.answers)

    def block(visit):
        if visit.number == 2:  # the first was that of the fetch above
            server.gone.wait(10)
        else:
            visit.send(answers[visit.path])

    server.answers |= {f"/{number}": block for number in range(30, 33)}
    command = ["data", "fetch", "json-items", "items.jsonl", "--out", "data", "--concurrency", "4"]
    command += ["--allow-private", f"127.0.0.1:{server.port}", "--gap", "0"]
    sources = ROOT / "tests/item_sources"
    fetching = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(sources), *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )
    journal = tmp_path / "data" / JOURNAL_FILE
    try:
        while not (journal.is_file() and journal.read_bytes().count(b"\n") >= 30):
            assert fetching.poll() is None
            time.sleep(0.01)
    finally:
        fetching.send_signal(signal.SIGKILL)
        fetching.wait()
    finished = journal.read_bytes().count(b"\n")
    journal.write_bytes(journal.read_bytes() + b'0123456789abcdef {"status":"http 4')  # torn in the middle of a line
    (tmp_path / "data/incoming").mkdir(exist_ok=True)
    (tmp_path / "data/incoming/left.part").write_bytes(b"half")
    assert not (tmp_path / "data" / LEDGER_FILE).exists()

    before = sum(server.visits.values())
    fetched(*places, folder="data", limits=replace(limits, concurrency=1))
    assert (tmp_path / "data" / LEDGER_FILE).read_bytes() == (tmp_path / "whole" / LEDGER_FILE).read_bytes()
    assert sum(server.visits.values()) - before == 40 - finished
    assert set(server.visits) == set(first_visits)
    whole, resumed = snapshot(tmp_path / "whole"), snapshot(tmp_path / "data")
    assert {path for path in whole if path.parts[0] == "pictures"} == {
        path for path in resumed if path.parts[0] == "pictures"
    }
    assert not (tmp_path / "data/incoming").exists()


def test_again_on_a_finished_folder_changes_nothing_and_asks_nobody(server, fetched, places, tmp_path):
    rows = fetched(*places)
    before, visits = snapshot(tmp_path / "data"), dict(server.visits)
    times = {path: (tmp_path / "data" / path).stat().st_mtime_ns for path in before}
    assert fetched(*places) == rows
    assert snapshot(tmp_path / "data") == before
    assert {path: (tmp_path / "data" / path).stat().st_mtime_ns for path in before} == times
    assert server.visits == visits


def test_the_order_of_arrival_leaves_no_trace(server, fetched, places, tmp_path, limits):
    fetched(*places, folder="one", limits=replace(limits, concurrency=1, per_host=1))
    fetched(*places, folder="many")
    assert (tmp_path / "one" / LEDGER_FILE).read_bytes() == (tmp_path / "many" / LEDGER_FILE).read_bytes()


def test_a_picture_that_is_gone_is_fetched_again(server, fetched, places, tmp_path):
    rows = fetched(*places)
    (tmp_path / "data" / rows[1].file).unlink()
    (tmp_path / "data" / rows[2].file).write_bytes(b"cut")
    server.visits.clear()
    assert fetched(*places) == rows
    assert server.visits == {"/1": 1, "/2": 1}


def test_failures_are_tried_again_when_asked_for(server, fetched, places, encoded):
    fetched(*places)
    server.answers["/0"] = reply(200, encoded())
    server.visits.clear()
    assert fetched(*places)[0].status == "http 404"
    assert not server.visits
    rows = fetched(*places, request={"retry_failed": True})
    assert server.visits == {f"/{number}": 1 for number in range(0, 40, 8)}
    assert [rows[0].status, rows[8].status] == ["ok", "http 404"]
    assert fetched(*places) == rows


def test_corrected_labels_and_more_items_need_only_what_is_new(server, fetched, places):
    fetched(*places, request={"limit": 10})
    server.visits.clear()
    corrected = [{**place, "labels": {"adult": True}} for place in places]
    rows = fetched(*corrected, request={"limit": 12})
    assert server.visits == {"/10": 1, "/11": 1}
    assert [row.labels for row in rows] == [{"adult": True}] * 12
    moved = [{"key": "0", "urls": [server.url("/1")]}, *corrected[1:]]
    server.visits.clear()
    rows = fetched(*moved, request={"limit": 12})
    assert server.visits == {"/1": 1}
    assert rows[0].status == "ok"


def test_pictures_keep_the_sides_that_they_were_split_into(server, fetched, places, tmp_path):
    rows = fetched(*places, request={"limit": 3})
    sides = ("", "val", "train")
    write_ledger(tmp_path / "data", [replace(row, split=side) for row, side in zip(rows, sides, strict=True)])
    rows = fetched(*places[:4], {**places[4], "split": "test"}, request={"limit": 5})
    assert [row.split for row in rows] == ["", "val", "train", "", "test"]


def test_a_folder_belongs_to_one_fetch(server, fetched, places, tmp_path, json_items):
    fetched(*places[:3])
    from toolchain.data.fetching.limits import Limits
    from toolchain.data.fetching.request import Request
    from toolchain.data.fetching.run import fetch
    from toolchain.progress import silent

    other = tmp_path / "other.jsonl"
    other.write_text('{"key": "0"}\n', "utf-8")
    with pytest.raises(UserError) as error:
        fetch(Request("json-items", (other,), json_items.Settings(), tmp_path / "data"), Limits(), silent)
    assert str(error.value) == (
        f'{tmp_path / "data"}: was begun with other inputs (got ["../other.jsonl"], not ["../items.jsonl"]). '
        "Give another --out."
    )
    lines = (tmp_path / "items.jsonl",)
    with pytest.raises(UserError, match=r'other settings \(got {"colour": "red"}, not {"colour": '):
        fetch(Request("json-items", lines, json_items.Settings(colour="red"), tmp_path / "data"), Limits(), silent)
    (tmp_path / "data/fetch.json").unlink()
    with pytest.raises(UserError, match="has a ledger that was not fetched"):
        fetch(Request("json-items", lines, json_items.Settings(), tmp_path / "data"), Limits(), silent)


def test_two_fetches_into_one_folder_do_not_mix(server, fetched, places, tmp_path):
    (tmp_path / "data").mkdir()
    with open_journal(tmp_path / "data"), pytest.raises(UserError) as error:
        fetched(*places)
    assert str(error.value) == f"{tmp_path / 'data'}: another fetch is at work here. Wait for it, or end it."


def test_a_journal_that_is_none_of_ours_is_not_guessed_at(server, fetched, places, tmp_path):
    fetched(*places[:2])
    journal = tmp_path / "data" / JOURNAL_FILE
    whole = journal.read_bytes()
    journal.write_bytes(b"something else\n" + whole)
    message = f"{journal}: damaged (at byte 0). Delete it to fetch everything again."
    with pytest.raises(UserError) as error:
        fetched(*places[:2])
    assert str(error.value) == message
    journal.write_bytes(whole.replace(b'{"', b"{'"))
    with pytest.raises(UserError, match=r"damaged \(at byte"):
        fetched(*places[:2])


def test_local_files_stay_where_they_are(fetched, encoded, tmp_path):
    inside, outside = tmp_path / "data/own/a.png", tmp_path / "elsewhere/b.gif"
    for path, form in ((inside, "PNG"), (outside, "GIF")):
        path.parent.mkdir(parents=True)
        path.write_bytes(encoded(form))
    (tmp_path / "torn.jpg").write_bytes(encoded()[:-9])
    (tmp_path / "no.jpg").write_text("no", "utf-8")
    names = (inside, outside, tmp_path / "torn.jpg", tmp_path / "no.jpg", tmp_path / "missing.jpg", tmp_path)
    rows = fetched(*({"file": str(path)} for path in names))
    assert [row.status for row in rows] == ["ok", "ok", "truncated", "not a picture", "no such file", "unreadable"]
    assert [row.file for row in rows[:3]] == ["own/a.png", outside.as_posix(), ""]
    assert [row.url for row in rows] == [""] * 6
    assert (tmp_path / "data" / rows[1].file).samefile(outside)
    assert inside.exists()
    assert not (tmp_path / "data/pictures").exists()


def test_a_local_file_keeps_the_address_that_it_came_from(server, fetched, encoded, tmp_path):
    (tmp_path / "a.jpg").write_bytes(encoded())
    (row,) = fetched({"file": str(tmp_path / "a.jpg"), "urls": [server.url("/a")]})
    assert (row.status, row.url) == ("ok", server.url("/a"))
    assert not server.visits


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="makes a pipe that nobody writes to")
def test_what_is_no_regular_file_is_not_opened(fetched, tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (row,) = fetched({"file": str(tmp_path / "pipe.jpg")})
    assert (row.status, row.detail) == ("unreadable", "not a regular file")


def test_nothing_in_the_inputs_is_said(fetched, tmp_path):
    with pytest.raises(UserError) as error:
        fetched()
    assert str(error.value) == "json-items: nothing in its inputs."
    assert not (tmp_path / "data").exists()


def test_a_full_disk_ends_the_fetch_and_not_with_a_group(server, fetched, places, monkeypatch):
    import toolchain.data.fetching.settling as settling

    def full(*_):
        raise OSError(28, "No space left on device", "pictures")

    monkeypatch.setattr(settling, "keep", full)
    with pytest.raises(OSError, match="No space left"):
        fetched(*places)


def test_progress_counts_to_the_end_and_tells_what_fails(server, fetched, places):
    told = []
    fetched(*places, progress=lambda text, *, done=0, total=None, note="": told.append((text, done, total, note)))
    assert [text for text, *_ in told][:2] == ["reading the source", "fetching"]
    assert told[-1][0] == "writing the ledger"
    text, done, total, note = told[-2]
    assert (text, done, total) == ("fetching", 40, 40)
    assert "/s, " in note
    assert note.endswith(", 5 http 404")


def test_the_journal_is_lines_of_json(server, fetched, places, tmp_path):
    fetched(*places[:9])
    lines = (tmp_path / "data" / JOURNAL_FILE).read_text("ascii").splitlines()
    assert len(lines) == 9
    assert sum(json.loads(line[16:]).get("status") == "http 404" for line in lines) == 2
