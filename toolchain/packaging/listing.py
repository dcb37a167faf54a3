"""Which targets run a bundle."""

from rich.console import RenderableType

from models.bundle import Bundle
from models.errors import BundleError
from toolchain.packaging.build import targets_for
from toolchain.packaging.targets import target
from toolchain.table import table

Rows = list[tuple[str, str]]


def targets_of(bundle: Bundle) -> Rows:
    """Return name and summary of each target whose client runs the bundle's format.

    Raises:
        BundleError: there is none.
    """
    names = targets_for(bundle.manifest.format)
    if not names:
        raise BundleError(bundle.path, f"no target runs format {bundle.manifest.format}", "Export to onnx.")
    return [(name, target(name).SUMMARY) for name in names]


def target_table(rows: Rows) -> RenderableType:
    """Return targets as a table for a reader."""
    return table(("target", "for"), rows)
