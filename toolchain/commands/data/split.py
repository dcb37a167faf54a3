"""``rct data split``."""

from pathlib import Path
from typing import Annotated

import typer

from models.errors import UserError
from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def split(
    place: Annotated[
        Path,
        typer.Argument(metavar="PLACE", help="A folder with a ledger, or of labelled pictures.", show_default=False),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="Where the ledger is to lie.", show_default="PLACE"),
    ] = None,
    val: Annotated[str, typer.Option("--val", metavar="SHARE", help="Of the pictures, to choose by.")] = "10%",
    test: Annotated[str, typer.Option("--test", metavar="SHARE", help="Of the pictures, to judge by.")] = "10%",
    seed: Annotated[int, typer.Option("--seed", min=0, metavar="N", help="What is drawn from.")] = 0,
    categories: Annotated[
        list[str] | None,
        typer.Option("--category", metavar="NAME", help="Share out the answers to these only.", show_default="all"),
    ] = None,
    by: Annotated[
        str,
        typer.Option("--by", metavar="COLUMN", help="Hold out whole values: source, group, author, host …"),
    ] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Leave pictures where they are that are in a split.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit with 1 if the split leaks.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Split a dataset into train, val and test, so that nothing is on both sides.

    Groups, files of the same bytes and near-duplicates stay together. The answers to every category are shared out
    evenly. Where that cannot be had, nothing is written.
    """
    from toolchain.data.splitting.split import Request, check_split, verdict
    from toolchain.data.splitting.split import split as run
    from toolchain.data.splitting.tables import split_tables
    from toolchain.share import read_share

    output = Output(quiet)
    shares = read_share("--val", val, "10% or 0.1"), read_share("--test", test, "10% or 0.1")
    if sum(shares) >= 1 or not any(shares):
        raise UserError("--val and --test", f"no split (got {val} and {test})", "Leave something for each, and train.")
    if by and check:
        raise UserError("--by", "is for drawing a split (got --check, too)", "Leave one out.")
    request = Request(place, out, *shares, seed, tuple(categories or ()), keep, by)
    with output.progress() as progress:
        report = check_split(request, progress) if check else run(request, progress)
    if json:
        output.document(report.model_dump(mode="json"))
    else:
        output.show(*split_tables(report))
    if check:
        verdict(report)
        if not any(side.pictures for side in report.sides.values()):
            output.say(f"Next: rct data split {place}")
            return
    category = next(iter(next(iter(report.sides.values())).categories), "CATEGORY")
    output.say(f"Next: rct train {category} --data {out or place}")
