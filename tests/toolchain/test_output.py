"""What goes to standard output, what to standard error, and in what shape."""

import json

import pytest

from toolchain.output import Output, printable, size_text
from toolchain.progress import plain


def test_data_and_talk_go_apart(capsys):
    output = Output()
    output.line("data")
    output.say("talk")
    output.warn("beware")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("data\n", "talk\nrct: beware\n")


def test_quiet_keeps_warnings(capsys):
    output = Output(quiet=True)
    output.say("talk")
    with output.progress() as progress:
        progress("working")
    output.warn("beware")
    assert capsys.readouterr().err == "rct: beware\n"


def test_long_lines_are_not_folded(capsys):
    Output().say("word " * 100)
    assert capsys.readouterr().err.count("\n") == 1


def test_markup_in_names_is_only_text(capsys):
    Output().say("[red]not red[/red] :smile:")
    assert capsys.readouterr().err == "[red]not red[/red] :smile:\n"


def test_documents_are_strict_json(capsys):
    Output().document({"a": [1, "ä\udce9"]})
    assert json.loads(capsys.readouterr().out) == {"a": [1, "ä\udce9"]}
    with pytest.raises(ValueError, match="Out of range"):
        Output().document(float("nan"))


def test_progress_without_a_terminal_says_each_stage_once(capsys):
    with Output().progress() as progress:
        progress("loading")
        for done in range(5):
            progress("scoring", done=done, total=5)
        progress("judging")
    assert capsys.readouterr().err == "loading\nscoring (5)\njudging\n"


def test_a_long_stage_without_a_terminal_says_how_it_goes_twice_a_minute():
    told, now = [], 0.0
    progress = plain(told.append, lambda: now)
    for now in (0.0, 29.0, 31.0, 32.0, 62.0, 63.0):
        progress("fetching", done=round(now), total=100, note=f"{now:.0f}/s")
    progress("writing")
    assert told == ["fetching (100)", "  31 of 100, 31/s", "  62 of 100, 62/s", "writing"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain äöü ☃", "plain äöü ☃"),
        ("a\nb\tc\x1b[2J", r"a\nb\tc\x1b[2J"),
        ("right\u202eto left", r"right\u202eto left"),
        ("caf\udce9", r"caf\udce9"),
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (23_553_017, "23.6 MB"), (5_000_000_000, "5.0 GB")],
)
def test_sizes(size, text):
    assert size_text(size) == text
