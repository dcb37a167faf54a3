"""The function behind ``rct doctor``.

diagnosis = diagnose()
diagnosis.problems            # empty on a sound machine
"""

import platform
from dataclasses import asdict, dataclass
from typing import Any

from models.errors import VerdictError
from toolchain.diagnosis.machine import Machine, machine
from toolchain.diagnosis.packages import Problem, installed, package_problems, versions
from toolchain.diagnosis.plugins import Plugin, Providers, format_plugins, providers, runtime_plugins


@dataclass(frozen=True)
class Diagnosis:
    """Everything that ``rct doctor`` found; ``rct`` is empty where it was not installed but run from its source."""

    rct: str
    python: str
    packages: dict[str, str]
    machine: Machine
    providers: Providers
    formats: tuple[Plugin, ...]
    runtimes: tuple[Plugin, ...]
    problems: tuple[Problem, ...]

    def document(self) -> dict[str, Any]:
        """Return the diagnosis as plain values."""
        return asdict(self) | {"passed": not self.problems}

    def failed(self) -> VerdictError:
        """Return the one line of a diagnosis with problems."""
        count = len(self.problems)
        return VerdictError("environment", f"{count} problem{'s' * (count > 1)} found", "The remedies stand above.")


def diagnose() -> Diagnosis:
    """Look at the packages, the machine and what rct can do with them."""
    available, provider_problems = providers()
    plugins, import_problems = _plugins()
    return Diagnosis(
        rct=installed("rct") or "",
        python=platform.python_version(),
        packages=versions(),
        machine=machine(),
        providers=available,
        formats=plugins[0],
        runtimes=plugins[1],
        problems=(*package_problems(), *provider_problems, *import_problems),
    )


def _plugins() -> tuple[tuple[tuple[Plugin, ...], tuple[Plugin, ...]], list[Problem]]:
    try:
        return (format_plugins(), runtime_plugins()), []
    except ImportError as error:
        return ((), ()), [Problem("rct", f"cannot import a package that it needs ({error})", "pip install rct")]
