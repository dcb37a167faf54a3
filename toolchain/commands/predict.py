"""``rct predict``."""

from typing import Annotated, Literal

import typer

from toolchain.completion import classifiers
from toolchain.options import BatchOption, DeviceOption, JsonOption, QuietOption, RuntimeOption, ThreadsOption
from toolchain.output import Output


def predict(
    what: Annotated[
        str,
        typer.Argument(
            metavar="BUNDLE|CLASSIFIER",
            help="What to ask. Left out, it is what we ship.",
            autocompletion=classifiers,
        ),
    ],
    pictures: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH", help="Pictures, folders and patterns.", show_default=False),
    ] = None,
    layout: Annotated[Literal["table", "jsonl", "csv"], typer.Option("--output", help="How to print.")] = "table",
    batch: BatchOption = 16,
    runtime: RuntimeOption = None,
    threads: ThreadsOption = None,
    device: DeviceOption = "cpu",
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score pictures: allow, review or block.

    Pictures that cannot be read are reported and counted, and the others go on.
    """
    from toolchain.prediction import Request, start, stream

    output = Output(quiet)
    with output.progress() as progress:
        scoring = start(Request([what, *(pictures or [])], batch, runtime, threads, device), progress)
    with output.progress(beside_data=True) as progress:
        tally = stream(scoring, "jsonl" if json else layout, output, progress)
    output.say(str(tally))
