"""``rct package verify``."""

from pathlib import Path
from typing import Annotated

import typer

from toolchain.options import JsonOption, QuietOption
from toolchain.output import Output


def verify(
    package: Annotated[Path, typer.Argument(metavar="ZIP", help="A package's zip or folder.", show_default=False)],
    verify_key: Annotated[
        Path | None,
        typer.Option(
            "--verify-key", metavar="KEY", help="It must be signed by this Ed25519 key's owner.", show_default=False
        ),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Check a package: its signature, its files, its model's scores.

    The scores are those of its golden vectors, on every runtime that is installed. The exit code is 1 if one check
    fails. No code that comes with it is run.
    """
    from toolchain.packaging.report_tables import failed, package_tables
    from toolchain.packaging.verifying import verify_package

    output = Output(quiet)
    with output.progress() as progress:
        report = verify_package(package, verify_key, progress)
    if json:
        output.document(report.model_dump(mode="json"))
    else:
        output.show(*package_tables(report))
    if not report.passed:
        raise failed(report)
    if not any(row.golden for row in report.runtimes):
        output.warn(f"{package}: no runtime for its format is installed here, so its scores were not looked at.")
    readme = package / "README.md" if package.is_dir() else "README.md"
    output.say(f"Next: {'read' if package.is_dir() else 'unzip it and read'} {readme}, for target {report.target}")
