"""``rct package BUNDLE``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.completion import targets
from toolchain.options import BundleArgument, JsonOption, QuietOption
from toolchain.output import Output, size_text


def make(
    bundle: BundleArgument,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            "-t",
            metavar="TARGET",
            help="Whom it is for. Without one, those for this bundle are listed.",
            autocompletion=targets,
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FOLDER", help="Where to; FOLDER.zip, too.", show_default="packages/<name>-<target>"
        ),
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option("--sign", metavar="KEY", help="Sign it with this Ed25519 key, PEM.", show_default=False),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the package that is there, whole.")] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a package: a bundle, a client for one target, and a self-test of it.

    It is a folder, and a zip of it that is the same bytes whenever it is made.
    """
    from models.bundle import Bundle
    from toolchain.packaging.build import write_package
    from toolchain.packaging.contents import package_name
    from toolchain.packaging.listing import target_table, targets_of
    from toolchain.packaging.signing import read_private_key

    output = Output(quiet)
    opened = Bundle.open(bundle)
    if target is None:
        runs = targets_of(opened)
        if json:
            output.document([{"target": name, "summary": summary} for name, summary in runs])
        else:
            output.show(target_table(runs))
        output.say(f"Next: rct package {bundle} --target {runs[0][0]}")
        return
    key = read_private_key(sign) if sign else None
    folder = out or Path("packages") / package_name(opened.manifest, target)
    with output.progress() as progress:
        progress(f"packaging for {target}")
        archive = write_package(opened, target, folder, overwrite=overwrite, key=key)
    size = archive.stat().st_size
    if json:
        output.document({"target": target, "folder": str(folder), "zip": str(archive), "bytes": size})
    else:
        output.line(str(archive))
    output.say(f"{size_text(size)}; how to use it is in {folder / 'README.md'}")
    output.say(f"Next: rct package verify {archive}")
