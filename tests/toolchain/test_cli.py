"""The console entry: exit codes, the one line of every kind of error, and what a pipe or a terminal gets."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models.errors import BundleError, UnknownName, UserError, VerdictError
from toolchain import cli, listing
from toolchain.commands.data import COMMANDS as DATA_COMMANDS

pty = pytest.importorskip("pty", reason="needs a system with terminals")
ROOT = Path(__file__).parents[2]
RUN = "import sys; from toolchain.cli import main; sys.exit(main())"


def command(*arguments):
    return [sys.executable, "-c", RUN, *map(str, arguments)]


def spawn(*arguments, **options):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=environment, check=False, **options)


def test_every_module_is_a_command_and_every_command_a_module():
    there = {path.stem for path in (ROOT / "toolchain" / "commands").iterdir()} - {"__init__", "__pycache__"}
    assert set(cli.COMMANDS) == there


@pytest.mark.parametrize("name", [*sorted({*cli.COMMANDS} - {"data"}), *(f"data {name}" for name in DATA_COMMANDS)])
def test_every_command_speaks_json_and_keeps_quiet(rct, name):
    shown = rct(*name.split(), "--help")
    assert (shown.code, shown.err) == (0, "")
    assert "--json" in shown.out
    assert "--quiet" in shown.out
    assert max(map(len, shown.out.splitlines())) <= 80


def test_help_names_every_command_on_a_line_of_its_own_in_the_order_of_the_work(rct):
    shown = rct("--help")
    assert (shown.code, shown.err) == (0, "")
    named = re.findall(r"^  (\w+) +[A-Z].*\.$", shown.out.partition("Commands:")[2], re.MULTILINE)
    assert set(named) == set(cli.COMMANDS)
    work = ["data", "train", "evaluate", "export", "verify", "bench", "compare", "predict", "score", "serve", "package"]
    assert [name for name in named if name in work] == work


def test_no_command_at_all_is_a_question_for_help(rct):
    shown = rct()
    assert shown.code == 2
    assert shown.out.startswith("Usage: rct ")


def test_the_version(rct):
    shown = rct("--version")
    assert shown.code == 0
    assert re.fullmatch(r"rct (\d+\.\d+\.\d+\S*|\(not installed\))\n", shown.out)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["fly"], "rct: No such command 'fly'. See rct --help.\n"),
        (["models", "--loud"], "rct: No such option: --loud. See rct models --help.\n"),
        (["verify"], "rct: Missing argument 'BUNDLE'. See rct verify --help.\n"),
        (["predict", "x", "y", "--batch", "0"], "See rct predict --help.\n"),
        (["predict", "x", "y", "--output", "xml"], "See rct predict --help.\n"),
        (["verify", "x", "--device", "tpu"], "See rct verify --help.\n"),
        (["export", "--target-cpu", "abacus"], "See rct export --help.\n"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(rct, arguments, line):
    shown = rct(*arguments)
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.endswith(line)
    assert shown.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UserError("a", "is wrong", "Mend it."), 2, "a: is wrong. Mend it."),
        (BundleError("b", "is bad"), 2, "b: is bad."),
        (UnknownName("format", "c", ["y", "x"]), 2, "format: unknown name (got 'c'). Known: x, y."),
        (VerdictError("d", "differs"), 1, "d: differs."),
        (KeyboardInterrupt(), 130, "interrupted."),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "e"), 2, "e: No space left on device."),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 2, "input or output: No space left on device."),
        (UserError("f\x1b[31m\n", "is odd"), 2, r"f\x1b[31m\n: is odd."),
    ],
)
def test_each_kind_of_error_is_one_line(rct, monkeypatch, error, code, line):
    def fail():
        raise error

    monkeypatch.setattr(listing, "catalogue", fail)
    shown = rct("models")
    assert (shown.code, shown.out, shown.err) == (code, "", f"rct: {line}\n")


def test_any_other_error_is_our_bug(rct, monkeypatch):
    monkeypatch.setattr(listing, "catalogue", lambda: 1 // 0)
    shown = rct("models")
    assert (shown.code, shown.out) == (70, "")
    assert shown.err.startswith("Traceback (most recent call last):\n")
    assert "ZeroDivisionError" in shown.err
    assert shown.err.splitlines()[-1] == (
        "rct: this is a bug in rct. Please report it with the lines above and the output of rct doctor --json."
    )


def test_exit_codes_reach_the_shell(tmp_path):
    assert spawn("models", "--quiet").returncode == 0
    shown = spawn("verify", tmp_path / "nothing", "--quiet")
    assert shown.returncode == 2
    assert shown.stderr == (
        f"rct: {tmp_path}/nothing: no such bundle. A bundle is a folder with a manifest.json; rct export makes one.\n"
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["models", "--json"], ["--help"]])
def test_a_full_disk_behind_standard_output(arguments):
    with Path("/dev/full").open("w") as full:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    assert (done.returncode, done.stderr) == (2, "rct: input or output: No space left on device.\n")


@pytest.mark.parametrize("arguments", [["models", "--json"], ["--help"]])
def test_a_reader_that_has_gone_ends_it_without_a_word(arguments):
    reading, writing = os.pipe()
    os.close(reading)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        done = subprocess.run(
            command(*arguments), stdout=writing, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_one_line(tmp_path, original, paint):
    for number in range(300):
        paint(f"many/{number:03}.png", (number % 256, 0, 0))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = command("predict", original.path, tmp_path / "many", "--batch", "1", "--output", "csv")
    with subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout.readline() == "picture,verdict,red,green,error\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "rct: interrupted."
    assert "Traceback" not in errors


def on_a_terminal(*arguments, **variables):
    """Run a command whose three streams are a terminal of 80 columns, and return what it showed."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERM": "xterm-256color", **variables}
    process = subprocess.Popen(command(*arguments), stdin=follower, stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
        time.sleep(0.001)
    os.close(leader)
    return process.wait(), shown.decode()


COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-9](;[0-9;]*)?m")


def test_a_terminal_gets_colours_and_progress(original, export, photos):
    code, shown = on_a_terminal("verify", export().path, "--original", original.path, "--images", photos)
    assert code == 0
    assert COLOUR.search(shown)
    assert "PASS" in shown


def test_no_color_is_heeded(original, export, photos):
    code, shown = on_a_terminal("verify", export().path, "--original", original.path, "--images", photos, NO_COLOR="1")
    assert code == 0
    assert not COLOUR.search(shown)
    assert "PASS" in shown


def test_a_pipe_gets_no_control_characters(rct, original, export, photos):
    shown = rct("verify", export().path, "--original", original.path, "--images", photos)
    assert "\x1b" not in shown.out + shown.err


def test_completion_offers_our_names():
    def complete(words, place):
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "_RCT_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(place),
        }
        done = subprocess.run(command(), capture_output=True, text=True, env=environment, check=False)
        return done.stdout.split()

    assert sorted(complete("rct ", 1)) == sorted(cli.COMMANDS)
    assert {"all", "onnx"} <= set(complete("rct export --format ", 3))
    assert {"fp32", "fp16", "int8"} <= set(complete("rct export --quantize ", 3))
    assert complete("rct export --quantize fp3", 3) == ["fp32"]
    assert "open_nsfw" in complete("rct export ", 2)
    assert "onnxruntime" in complete("rct verify x --runtime ", 4)
