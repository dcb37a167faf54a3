"""``rct data sources``."""

from typing import Annotated

import typer

from toolchain.completion import sources as names
from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def sources(
    name: Annotated[
        str | None,
        typer.Argument(metavar="SOURCE", help="One of them, with its settings.", autocompletion=names),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """List the sources of pictures, or the settings of one."""
    from toolchain.data.source_listing import describe, describe_all, settings_table, sources_table

    output = Output(quiet)
    if name is None:
        found = describe_all()
        if json:
            output.document(found)
            return
        output.show(sources_table(found))
        output.say("Next: rct data sources open-images")
    else:
        one = describe(name)
        if json:
            output.document(one)
            return
        output.show(*settings_table(one))
        output.say(f"Next: rct data fetch {name} INPUT... --out data/mine")
