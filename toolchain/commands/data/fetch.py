"""``rct data fetch``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import sources
from toolchain.options import JsonOption, PrivateOption, QuietOption, SetOption
from toolchain.output import Output


def fetch(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="Where the pictures come from.", autocompletion=sources)
    ],
    inputs: Annotated[
        list[Path], typer.Argument(metavar="INPUT", help="The files or folders that it reads.", show_default=False)
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the dataset is to lie.", show_default=False)
    ],
    settings: SetOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N items.", show_default="all")
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try again what failed before.")] = False,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, metavar="N", help="Requests at once.")] = 32,
    per_host: Annotated[int, typer.Option("--per-host", min=1, metavar="N", help="Of these to one host.")] = 6,
    gap: Annotated[
        float, typer.Option("--gap", min=0, metavar="SECONDS", help="Between two requests to one host.")
    ] = 0.02,
    tries: Annotated[int, typer.Option("--tries", min=1, metavar="N", help="Requests for one address.")] = 4,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="For one request, whole.")
    ] = 60.0,
    max_bytes: Annotated[int, typer.Option("--max-bytes", min=1, metavar="N", help="Of a picture.")] = 32_000_000,
    max_pixels: Annotated[
        int, typer.Option("--max-pixels", min=1, max=100_000_000, metavar="N", help="Of a picture, by its header.")
    ] = 100_000_000,
    allow_private: PrivateOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Fetch the pictures that a source names, and write a ledger of what became of each.

    Begin it again after an interruption: it goes on where it was.
    """
    from toolchain.data.fetching.addresses import read_exemption
    from toolchain.data.fetching.limits import Limits
    from toolchain.data.fetching.report import check, report_document, report_tables
    from toolchain.data.fetching.request import Request
    from toolchain.data.fetching.retrying import Backoff
    from toolchain.data.fetching.run import fetch as run
    from toolchain.data.sources import source as load
    from toolchain.settings import read_settings

    output = Output(quiet)
    limits = Limits(
        concurrency=concurrency,
        per_host=per_host,
        gap=gap,
        max_bytes=max_bytes,
        max_pixels=max_pixels,
        timeout=timeout,
        backoff=Backoff(tries=tries),
        private=tuple(map(read_exemption, allow_private or ())),
    )
    request = Request(
        source, tuple(inputs), read_settings(load(source).Settings, settings or (), source), out, limit, retry_failed
    )
    with output.progress() as progress:
        report = run(request, limits, progress)
    for line in report.problems.lines():
        output.warn(line)
    if report.repaired:
        output.warn(f"{out}: its ledger could not be read and is made anew. If it was split, split it again.")
    if json:
        output.document(report_document(report).model_dump(mode="json"))
    else:
        output.show(*report_tables(report))
    check(report)
    output.say(f"Next: rct data audit {out}")
