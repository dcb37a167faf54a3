"""Several originals as one: the spec and the parent of a graph that has the categories of all of them."""

import hashlib
from collections.abc import Sequence

from models.bundle import Bundle
from models.manifest import Parent
from models.spec import ClassifierSpec


def join_specs(specs: Sequence[ClassifierSpec], name: str | None = None) -> ClassifierSpec:
    """Return the spec with the categories of all ``specs``, in order; its name is theirs joined by "-", or ``name``."""
    first = specs[0]
    licences = sorted({spec.licence for spec in specs})
    return ClassifierSpec(
        name=name or "-".join(spec.name for spec in specs),
        description="; ".join(spec.description for spec in specs if spec.description),
        backbone=first.backbone,
        licence=" AND ".join(licences),
        categories=tuple(category for spec in specs for category in spec.categories),
        preprocessing=first.preprocessing,
        thresholds={label: rule for spec in specs for label, rule in spec.thresholds.items()},
    )


def joined_parent(originals: Sequence[Bundle]) -> Parent:
    """Return the parent of an export: the original, or, of several, their names and a digest over their digests."""
    names = "+".join(original.manifest.name for original in originals)
    if len(originals) == 1:
        return Parent(name=names, sha256=originals[0].manifest.sha256)
    digests = "\n".join(original.manifest.sha256 for original in originals)
    return Parent(name=names, sha256=hashlib.sha256(digests.encode()).hexdigest())
