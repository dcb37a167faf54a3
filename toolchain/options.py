"""Arguments and options that mean the same in every command, each declared once."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from toolchain.completion import classifiers, formats, recipes, runtimes

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on standard output, for programs.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No talk and no progress; warnings and errors show.")]

BundleArgument = Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle's folder.", show_default=False)]
ClassifiersArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CLASSIFIER",
        help="Classifiers to start from: names that rct models lists, or folders. Without any, those we ship, as one.",
        autocompletion=classifiers,
        show_default=False,
    ),
]
OriginalOption = Annotated[
    list[str] | None,
    typer.Option(
        "--original",
        metavar="CLASSIFIER",
        help="The classifier to compare with, where the bundle's own original cannot be found.",
        autocompletion=classifiers,
        show_default=False,
    ),
]
ImagesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--images",
        metavar="DIR",
        help="Your pictures: a folder, file or pattern. Folders named like categories are labels.",
        show_default=False,
    ),
]
DataOption = Annotated[
    Path,
    typer.Option(
        "--data",
        "-d",
        metavar="PLACE",
        help="A dataset: a folder with a ledger, or with labelled folders.",
        show_default=False,
    ),
]
PrivateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-private",
        metavar="PLACE",
        help="HOST:PORT or a network (10.0.0.0/8) of your own to fetch from though it is not public.",
        show_default=False,
    ),
]

FormatOption = Annotated[
    str,
    typer.Option(
        "--format", "-f", metavar="FORMAT", help="What to export to; all is every format.", autocompletion=formats
    ),
]
RecipeOption = Annotated[
    str | None,
    typer.Option(
        "--quantize",
        metavar="RECIPE",
        help="fp32, fp16, int8 or another recipe.",
        show_default="the format's first",
        autocompletion=recipes,
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="FOLDER",
        help="Where to; of all formats, the folder that holds the bundles.",
        show_default="exports/<name>-<format>-<recipe>",
    ),
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace the bundle that is there, whole.")]

DeviceOption = Annotated[Literal["cpu", "cuda"], typer.Option("--device", help="Where it runs.")]
ThreadsOption = Annotated[
    int | None,
    typer.Option("--threads", min=1, metavar="N", help="Threads of one run.", show_default="the runtime's choice"),
]
RuntimeOption = Annotated[
    str | None,
    typer.Option(
        "--runtime", metavar="NAME", help="What runs it.", show_default="by its format", autocompletion=runtimes
    ),
]
BatchOption = Annotated[int, typer.Option("--batch", min=1, metavar="N", help="Pictures per run.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A setting; may be given again.", show_default=False),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", min=0, metavar="N", help="Of everything that is drawn.", show_default="0"),
]
