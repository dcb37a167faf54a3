"""``rct compare``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def compare(
    before: Annotated[Path, typer.Argument(metavar="A.json", help="The report before.", show_default=False)],
    after: Annotated[Path, typer.Argument(metavar="B.json", help="The report after.", show_default=False)],
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 1 if something got worse.")] = False,
    allow: Annotated[
        str, typer.Option("--allow", metavar="SHARE", help="How much slower is no regression, such as 5% or 0.05.")
    ] = "5%",
    any_machine: Annotated[bool, typer.Option("--any-machine", help="Compare runs of different machines.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Say what changed between two reports of rct bench, and how sure that is.

    Times above noise, decisions, sizes, and rows that failed or went; the ratio is B's time over A's.
    """
    from toolchain.comparing import Request, comparison_document, comparison_tables, failed, run

    output = Output(quiet)
    compared = run(Request(before, after, allow, any_machine))
    for line in compared.warnings:
        output.warn(line)
    if json:
        output.document(comparison_document(compared))
    else:
        output.show(*comparison_tables(compared))
    if gate and compared.regressions:
        raise failed(compared)
    if gate:
        output.say("Next: rct bench --why says where the time goes.")
    else:
        output.say(f"Next: rct compare {before} {after} --gate exits with 1 if something got worse.")
