"""``rct train``."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import classifiers
from toolchain.options import DataOption, JsonOption, OverwriteOption, QuietOption, SeedOption
from toolchain.output import Output


def train(
    categories: Annotated[list[str], typer.Argument(metavar="CATEGORY...", help="What to detect.")],
    data: DataOption,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", metavar="NAME", help="How: heads, fine-tune or seed-2017.", show_default="heads"),
    ] = None,
    like: Annotated[
        str | None,
        typer.Option(
            "--like",
            metavar="CLASSIFIER",
            help="As this one was: its recipe, backbone, settings and seed, but for those given here.",
            autocompletion=classifiers,
            show_default=False,
        ),
    ] = None,
    backbone: Annotated[
        str | None,
        typer.Option(
            "--backbone",
            metavar="NAME",
            help="open_nsfw, resnet50, or a Keras bundle's folder.",
            show_default="open_nsfw",
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option("--weights", metavar="imagenet|PATH", help="Of resnet50.", show_default="imagenet"),
    ] = None,
    set: Annotated[  # noqa: A002  the option's name
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A setting of the recipe.", show_default=False),
    ] = None,
    define: Annotated[
        list[str] | None,
        typer.Option("--define", metavar="NAME=WORDS", help="What a category means.", show_default=False),
    ] = None,
    seed: SeedOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="Where to.", show_default="trained/<categories>"),
    ] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Train a classifier on labelled pictures.

    What was interrupted goes on where it was when the same command is given again.
    """
    from models.errors import UserError
    from toolchain.training.record import read_record
    from toolchain.training.tables import measures_table
    from toolchain.training.train import Request
    from toolchain.training.train import train as run

    output = Output(quiet)
    request = Request(
        tuple(categories), data, weights=weights, definitions=tuple(define or ()), out=out, overwrite=overwrite
    )
    if like:
        request = request.like(read_record(like))
        if recipe not in {None, request.recipe}:
            raise UserError("--recipe", f"{like} was trained by {request.recipe} (got {recipe})", "Leave one out.")
    request = replace(
        request,
        recipe=recipe or request.recipe,
        backbone=backbone or request.backbone,
        seed=request.seed if seed is None else seed,
        settings=(*request.settings, *(set or ())),
    )
    with output.progress() as progress:
        outcome = run(request, progress, output.warn)
    if json:
        output.document(outcome.document())
    else:
        output.show(measures_table(outcome.measures))
    output.say(f"Next: rct evaluate {outcome.bundle.path} --data {data}")
