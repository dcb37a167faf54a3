"""``rct data audit``."""

from pathlib import Path
from typing import Annotated

import typer

from models.errors import UserError
from toolchain.completion import checks as check_names
from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def audit(
    place: Annotated[
        Path,
        typer.Argument(metavar="PLACE", help="A folder with a ledger, or of labelled pictures.", show_default=False),
    ],
    categories: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="NAME", help="Look at these categories only.", show_default="all"),
    ] = None,
    checks: Annotated[
        list[str] | None,
        typer.Option(
            "--check", metavar="NAME", help="Run this check only.", autocompletion=check_names, show_default="all"
        ),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="NAME", help="Leave this check out.", autocompletion=check_names),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the report as a page.", show_default=False)
    ] = None,
    pictures: Annotated[bool, typer.Option("--pictures", help="Put blurred examples into the page.")] = False,
    features: Annotated[
        Path,
        typer.Option("--features", metavar="FOLDER", help="The cache of a backbone's features, which training reads."),
    ] = Path("trained", ".features"),
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="Of folds, probes and intervals.")] = 0,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Look for what is wrong with a dataset: leaks, duplicates, contradictions, shortcuts, wrong labels and more.

    Exits with 1 for a severe finding: something is on both sides of a split, or one file under two labels.
    """
    from toolchain.data.audit.run import Request, next_step, verdict
    from toolchain.data.audit.run import audit as run
    from toolchain.data.audit.tables import audit_tables

    if pictures and html is None:
        raise UserError("--pictures", "no page to put them into", "Name one with --html.")
    output = Output(quiet)
    request = Request(place, tuple(categories or ()), tuple(checks or ()), tuple(skip or ()), features, seed)
    with output.progress() as progress:
        report = run(request, progress)
    if html is not None:
        from toolchain.data.audit.page import write_page

        write_page(report, html, (place if place.is_dir() else place.parent) if pictures else None)
    if json:
        output.document(report.model_dump(mode="json"))
    else:
        output.show(*audit_tables(report))
    verdict(report)
    output.say(next_step(report))
