"""Behind ``rct models``: what we ship, as a document and as a table."""

from typing import Any

from rich.console import RenderableType

from models.bundle import Bundle
from models.zoo import zoo_names, zoo_path
from toolchain.output import size_text


def catalogue() -> list[dict[str, Any]]:
    """Return one plain dictionary for each classifier in the zoo; ``bytes`` is the size of the model file.

    Raises:
        BundleError: a classifier's files are not what its manifest says.
    """
    return [_described(Bundle.open(zoo_path(name))) for name in zoo_names()]


def _described(original: Bundle) -> dict[str, Any]:
    manifest = original.manifest
    spec = manifest.spec
    return {
        "name": spec.name,
        "description": spec.description,
        "backbone": spec.backbone,
        "licence": spec.licence,
        "bytes": manifest.files[manifest.model].bytes,
        "path": str(original.path),
        "categories": [one.model_dump() | spec.thresholds[one.name].model_dump() for one in spec.categories],
    }


def catalogue_table(found: list[dict[str, Any]]) -> list[RenderableType]:
    """Return ``catalogue`` for a reader: each category with its thresholds, then what the categories mean."""
    from toolchain.table import facts, table, title

    rows = []
    for one in found:
        for place, category in enumerate(one["categories"]):
            whole = (one["name"], one["backbone"], size_text(one["bytes"]), one["licence"])
            name, backbone, size, licence = whole if place == 0 else ("",) * 4
            thresholds = f"{category['review']:g}", f"{category['block']:g}"
            rows.append((name, backbone, category["name"], *thresholds, size, licence))
    columns = ("classifier", "backbone", "category", "review", "block", "size", "licence")
    meanings = [(category["name"], category["definition"]) for one in found for category in one["categories"]]
    return [table(columns, rows, right={"review", "block", "size"}), title("What the categories mean"), facts(meanings)]
