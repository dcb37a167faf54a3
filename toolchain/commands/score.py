"""``rct score``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import classifiers, engines
from toolchain.options import BatchOption, DeviceOption, JsonOption, PrivateOption, QuietOption, RuntimeOption
from toolchain.output import Output


def score(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="A bundle's folder.", autocompletion=classifiers, show_default=False)
    ],
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT",
            help="Folders, pictures, lists of addresses (.txt, .csv), Parquet files, WebDataset shards (.tar).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the shards are to lie.", show_default=False)
    ],
    engine: Annotated[
        str, typer.Option("--engine", metavar="NAME", help="Who does it: local or ray.", autocompletion=engines)
    ] = "local",
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, metavar="N", help="Processes, each with the model.", show_default="the cores"),
    ] = None,
    batch: BatchOption = 16,
    shard_rows: Annotated[
        int | None,
        typer.Option("--shard-rows", min=1, metavar="N", help="Rows of a shard.", show_default="for 64, up to 4096"),
    ] = None,
    column: Annotated[
        str,
        typer.Option("--column", metavar="NAME", help="The column of pictures in tables.", show_default="by its name"),
    ] = "",
    runtime: RuntimeOption = None,
    device: DeviceOption = "cpu",
    allow_private: PrivateOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Start the scoring that is there anew.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Score any number of pictures into Parquet shards.

    Begin it again after an interruption: it goes on where it was. Pictures that cannot be read are rows to review.
    """
    from toolchain.data.fetching.addresses import read_exemption
    from toolchain.scoring.run import Request
    from toolchain.scoring.run import score as run
    from toolchain.scoring.summary import check

    output = Output(quiet)
    private = tuple(map(read_exemption, allow_private or ()))
    request = Request(
        bundle, tuple(inputs), out, engine, workers, batch, shard_rows, column, runtime, device, private, overwrite
    )
    with output.progress() as progress:
        summary = run(request, progress, output.warn)
    if json:
        output.document(summary.model_dump(mode="json"))
    else:
        for line in summary.lines():
            output.line(line)
    check(summary)
    output.say(f"""Next: python -c "import pyarrow.dataset as d; print(d.dataset({str(out)!r}).head(10))\"""")
