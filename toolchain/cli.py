"""The console entry: from arguments to an exit code.

    main(["export", "--format", "onnx"])     # 0: done, and passed

Exit codes: 0 done and passed; 1 a verdict failed; 2 bad input or usage; 70 our bug, with a traceback; 130 interrupted;
141 whoever read the output has gone.
"""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from models.errors import RctError
from toolchain.output import Output, ReaderGone

COMMANDS = (
    "models",
    "data",
    "train",
    "evaluate",
    "export",
    "verify",
    "bench",
    "compare",
    "predict",
    "score",
    "serve",
    "package",
    "inspect",
    "doctor",
)
"""The modules of toolchain.commands, in the order of a user's work."""

_BUG, _INTERRUPTED, _READER_GONE = 70, 130, 141


class _InOrder(TyperGroup):
    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of COMMANDS; Typer puts groups of commands last."""
        return sorted(super().list_commands(ctx), key=COMMANDS.index)


app = typer.Typer(
    name="rct",
    cls=_InOrder,
    help="Turn Keras image-content classifiers into small, fast models, and prove that they decide the same. "
    "Collect the pictures for new ones, train and judge them.",
    epilog="Start with: rct export --format onnx",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its help takes 0.2 s more
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            Output().line(f"rct {version('rct')}")
        except PackageNotFoundError:
            Output().line("rct (not installed)")
        raise typer.Exit


@app.callback()
def _rct(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if context.invoked_subcommand is None:
        Output().line(context.get_help())
        raise typer.Exit(2)


for _name in COMMANDS:
    _command = getattr(import_module(f"toolchain.commands.{_name}"), _name)
    if isinstance(_command, typer.Typer):
        app.add_typer(_command)
    else:
        app.command(_name)(_command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv``, the process's own by default, and return the exit code."""
    try:
        code = app(args=None if argv is None else list(argv), prog_name="rct", standalone_mode=False)
        sys.stdout.flush()
    except BaseException as error:  # noqa: BLE001  this is where every error ends
        return _report(error)
    if code == _INTERRUPTED:
        return _report(KeyboardInterrupt())
    return code if isinstance(code, int) else 0


def _report(error: BaseException) -> int:
    """Print what the user needs to know about ``error``, and return its exit code."""
    code, text = _explain(error)
    try:
        if code == _BUG:
            traceback.print_exception(error)
        if text:
            Output().fail(text)
    except ReaderGone:
        pass
    _settle()
    return code


def _explain(error: BaseException) -> tuple[int, str]:
    """Return the exit code and the line that an exception comes to: the one table of them."""
    match error:
        case ReaderGone() | BrokenPipeError() | SystemExit(__context__=OSError()):
            return _READER_GONE, ""
        case SystemExit():  # of Typer's own: completion scripts
            return error.code if isinstance(error.code, int) else 0, ""
        case KeyboardInterrupt() | typer.Abort():
            return _INTERRUPTED, "interrupted."
        case RctError():
            return error.exit_code, str(error)
        case typer.TyperException():
            return 2, _usage(error)
        case OSError(filename=str(name), strerror=str(reason)):
            return 2, f"{name}: {reason}."
        case OSError(errno=int(), strerror=str(reason)):
            return 2, f"input or output: {reason}."
    return _BUG, "this is a bug in rct. Please report it with the lines above and the output of rct doctor --json."


def _usage(error: typer.TyperException) -> str:
    """Return a usage error as one line; none where the help was printed instead."""
    text = error.format_message().strip()
    if not text:
        return ""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "rct"
    return f"{text.rstrip('.')}. See {path} --help."


def _settle() -> None:
    """Point standard output, if its reader has gone, at nothing, so that Python's own flush at exit stays quiet."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
