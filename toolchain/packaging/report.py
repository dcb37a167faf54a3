"""The document that ``rct package verify`` leaves."""

from typing import Literal

from pydantic import Field

from models.document import Document
from models.judged import Judged
from toolchain.verification.report import GoldenCheck

Signature = Literal["good", "wrong", "missing", "not checked", "none"]


class RuntimeRow(Document):
    """One runtime that runs the format: what it made of the golden vectors, or why it is not there."""

    name: str
    golden: GoldenCheck | None = None
    unavailable: str | None = None


class PackageReport(Judged):
    """All that was found.

    ``signature``: "not checked" is signed, but no key was given; "none" is not signed, and no key was given.
    ``altered``, ``missing``, ``unlisted``: paths of files that are not as contents.json says. ``strange``: files in
    ``golden/`` that are not what the bundle's golden.npz says. ``strange`` and ``runtimes`` are empty where the checks
    before failed: a model that is not what it should be is not loaded.
    """

    schema_version: Literal["rct.package-verification/1"] = "rct.package-verification/1"
    package: str
    name: str
    target: str
    files: int = Field(ge=0)
    bytes: int = Field(ge=0)
    signature: Signature
    altered: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    strange: tuple[str, ...] = ()
    runtimes: tuple[RuntimeRow, ...] = ()

    def find_failures(self) -> tuple[str, ...]:
        """Return one line for each check that did not hold."""
        lines = []
        if self.signature == "wrong":
            lines.append("contents.json.sig is not the signature of this contents.json by that key")
        if self.signature == "missing":
            lines.append("it is not signed, and a key was given")
        lines += [f"{path} is not what contents.json says" for path in self.altered]
        lines += [f"{path} is missing" for path in self.missing]
        lines += [f"{path} is not listed in contents.json" for path in self.unlisted]
        lines += [f"{path} is not what model/golden.npz says" for path in self.strange]
        lines += [f"{row.name}: {row.golden.failure}" for row in self.runtimes if row.golden and row.golden.failure]
        return tuple(lines)
