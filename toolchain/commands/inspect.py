"""``rct inspect``."""

from typing import Annotated

import typer

from toolchain.completion import classifiers
from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def inspect(
    what: Annotated[
        str,
        typer.Argument(
            metavar="BUNDLE|FILE", help="A bundle, a classifier, an ONNX or a LiteRT file.", autocompletion=classifiers
        ),
    ],
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what is in a bundle, an ONNX graph or a LiteRT file."""
    from toolchain.inspection import inspect as look
    from toolchain.inspection import inspection_document, inspection_tables

    output = Output(quiet)
    found = look(what)
    if json:
        output.document(inspection_document(found))
    else:
        output.show(*inspection_tables(found))
    if found.bundle and found.bundle.manifest.parent:
        output.say(f"Next: rct verify {found.path}")
