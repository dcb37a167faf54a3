"""``rct train``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.options import DataOption, JsonOption, OverwriteOption, QuietOption, SeedOption
from toolchain.output import Output


def train(
    categories: Annotated[list[str], typer.Argument(metavar="CATEGORY...", help="What to detect.")],
    data: DataOption,
    recipe: Annotated[
        str, typer.Option("--recipe", metavar="NAME", help="How: heads, fine-tune or seed-2017.")
    ] = "heads",
    backbone: Annotated[
        str, typer.Option("--backbone", metavar="NAME", help="open_nsfw, resnet50, or a Keras bundle's folder.")
    ] = "open_nsfw",
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
    seed: SeedOption = 0,
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
    from toolchain.training.tables import measures_table
    from toolchain.training.train import Request
    from toolchain.training.train import train as run

    output = Output(quiet)
    request = Request(
        tuple(categories), data, recipe, backbone, weights, tuple(set or ()), tuple(define or ()), seed, out, overwrite
    )
    with output.progress() as progress:
        outcome = run(request, progress, output.warn)
    if json:
        output.document(outcome.document())
    else:
        output.show(measures_table(outcome.measures))
    output.say(f"Next: rct evaluate {outcome.bundle.path} --data {data}")
