"""``rct verify``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.options import (
    BundleArgument,
    DeviceOption,
    ImagesOption,
    JsonOption,
    OriginalOption,
    QuietOption,
    RuntimeOption,
    ThreadsOption,
)
from toolchain.output import Output


def verify(
    bundle: BundleArgument,
    images: ImagesOption = None,
    original: OriginalOption = None,
    by_layer: Annotated[bool, typer.Option("--by-layer", help="Find the first layer that departs.")] = False,
    runtime: RuntimeOption = None,
    threads: ThreadsOption = None,
    device: DeviceOption = "cpu",
    save: Annotated[Path | None, typer.Option("--save", metavar="FILE", help="Keep the whole report, as JSON.")] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Prove that a bundle decides like its original.

    Its files, its golden scores and its decisions on pictures are checked; the exit code is 1 if one check fails.
    """
    from toolchain.verification.tables import failed, verification_tables
    from toolchain.verification.verify import Request, save_report
    from toolchain.verification.verify import verify as run

    output = Output(quiet)
    with output.progress() as progress:
        request = Request(images, original, by_layer, runtime, device, threads)
        report = run(bundle, request, progress, output.warn)
    if save:
        save_report(report, save)
    if json:
        output.document(report.model_dump(mode="json"))
    else:
        output.show(*verification_tables(report))
    if not report.passed:
        raise failed(report)
    output.say(f"Next: rct predict {bundle} PICTURES")
