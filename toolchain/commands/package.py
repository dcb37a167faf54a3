"""``rct package``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.options import BundleArgument, JsonOption, OverwriteOption, QuietOption
from toolchain.output import Output


def package(
    bundle: BundleArgument,
    target: Annotated[str, typer.Option("--target", "-t", metavar="TARGET", help="Whom it is for.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FOLDER", help="Where to.")] = None,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a package of a bundle: a client for one target, with vectors to check itself against."""
    from models.bundle import Bundle
    from toolchain.packaging.build import write_package
    from toolchain.packaging.contents import package_name

    opened = Bundle.open(bundle)
    folder = out or Path("packages") / package_name(opened.manifest, target)
    archive = write_package(opened, target, folder, overwrite=overwrite)
    output = Output(quiet)
    if json:
        output.document({"target": target, "folder": str(folder), "zip": str(archive)})
    else:
        output.line(str(archive))
