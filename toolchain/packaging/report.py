"""The document that ``rct package verify`` leaves."""

from typing import Any, Literal

from pydantic import Field, computed_field, model_validator

from models.document import Document
from toolchain.verification.report import GoldenCheck

Signature = Literal["good", "wrong", "missing", "not checked", "none"]


class RuntimeRow(Document):
    """One runtime that runs the format: what it made of the golden vectors, or why it is not there."""

    name: str
    golden: GoldenCheck | None = None
    unavailable: str | None = None


class PackageReport(Document):
    """All that was found.

    ``signature``: "not checked" is signed, but no key was given; "none" is not signed, and no key was given.
    ``altered``, ``missing``, ``unlisted``: paths of files that are not as contents.json says. ``runtimes`` is empty
    where the checks before failed: a model that is not what it should be is not loaded.
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
    runtimes: tuple[RuntimeRow, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _derive_anew(cls, data: Any) -> Any:
        return {key: value for key, value in data.items() if key not in {"passed", "failures"}}

    @computed_field(description="nothing failed")  # type: ignore[prop-decorator]
    @property
    def passed(self) -> bool:
        """Whether every check held."""
        return not self.failures

    @computed_field(description="one line for each check that did not hold")  # type: ignore[prop-decorator]
    @property
    def failures(self) -> tuple[str, ...]:
        """One line for each check that did not hold."""
        lines = []
        if self.signature == "wrong":
            lines.append("contents.json.sig is not the signature of this contents.json by that key")
        if self.signature == "missing":
            lines.append("it is not signed, and a key was given")
        lines += [f"{path} is not what contents.json says" for path in self.altered]
        lines += [f"{path} is missing" for path in self.missing]
        lines += [f"{path} is not listed in contents.json" for path in self.unlisted]
        lines += [f"{row.name}: {row.golden.failure}" for row in self.runtimes if row.golden and row.golden.failure]
        return tuple(lines)
