"""A report comes back from its file as it was, and every other file is one line."""

import json

import pytest
from latency_reports import parity, report, row

from benchmarks.latency.report_file import read_report
from models.errors import UserError


def test_a_report_is_read_as_it_was_written(tmp_path):
    made = report(row("a", parity=parity(1)), row("b", failure="out of memory."))
    path = tmp_path / "report.json"
    path.write_text(made.model_dump_json(indent=2))
    assert read_report(path) == made


@pytest.mark.parametrize(
    "content", [b"", b"shopping list", b"[1]", b"{}", b"\xff\xfe", b'{"schema_version": "rct.parity/1"}']
)
def test_what_is_not_a_report(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read_report(path)
    assert str(refused.value) == f"{path}: not a report of rct bench. rct bench --out FOLDER writes report.json."


def changed(path, change):
    document = json.loads(report(row("a")).model_dump_json())
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(UserError) as refused:
        read_report(path)
    return str(refused.value)


def test_another_version(tmp_path):
    path = tmp_path / "x.json"
    assert changed(path, lambda document: document.update(schema_version="rct.latency/9")) == (
        f"{path}: a report of another version (got 'rct.latency/9', expected 'rct.latency/1')."
        " Read it with the rct that wrote it, or measure again."
    )


def test_a_report_that_does_not_hold_together(tmp_path):
    path = tmp_path / "x.json"
    assert changed(path, lambda document: document["plan"].update(rounds=2)) == (
        f"{path}: plan.rounds: Input should be greater than or equal to 6 (got '2'). Measure again with rct bench."
    )
    assert "rows: Tuple should have at least 1 item" in changed(path, lambda document: document.update(rows=[]))
