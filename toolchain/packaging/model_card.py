"""MODEL_CARD.md of a package: a header as Hugging Face reads it, the manifest's facts, and the bundle's own cards."""

import json
from collections.abc import Iterator

from toolchain.output import size_text
from toolchain.packaging.content import Content

MODEL_CARD = "MODEL_CARD.md"
_HUB_LICENCES = frozenset(
    {"apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "unlicense", "zlib"}
)


def model_card(content: Content) -> bytes:
    """Return the card as Markdown with a YAML header; the same content gives the same bytes."""
    parts = [*_header(content), "", *_facts(content), *_own_cards(content)]
    return ("\n".join(parts).rstrip() + "\n").encode()


def _header(content: Content) -> Iterator[str]:
    """Yield the header's lines. Values are JSON, which is YAML, too."""
    licence, manifest = content.spec.licence, content.manifest
    yield "---"
    if licence.lower() in _HUB_LICENCES:
        yield f"license: {licence.lower()}"
    else:
        yield "license: other"
        yield f"license_name: {json.dumps(licence)}"
    yield "pipeline_tag: image-classification"
    yield f"library_name: {json.dumps(manifest.format)}"
    yield f"model_name: {json.dumps(manifest.name)}"
    tags = ["content-moderation", manifest.format, manifest.recipe, *content.spec.labels]
    yield "tags:"
    yield from (f"  - {json.dumps(tag)}" for tag in dict.fromkeys(tags))
    yield "---"


def _facts(content: Content) -> Iterator[str]:
    manifest, spec = content.manifest, content.spec
    rule, tolerance = spec.preprocessing, content.tolerance
    size, original = rule.resize, manifest.parent
    yield f"# {manifest.name}"
    yield ""
    yield spec.description or "An image classifier."
    yield ""
    yield "| category | what it is | review from | block from |"
    yield "|---|---|---|---|"
    for category in spec.categories:
        limits = spec.thresholds[category.name]
        definition = " ".join(category.definition.replace("|", "\\|").split())
        yield f"| `{category.name}` | {definition} | {limits.review:g} | {limits.block:g} |"
    yield ""
    yield "Scores of different categories are independent of each other. A picture to be reviewed is one for a person."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| network | {spec.backbone} |"
    yield f"| format, numbers | {manifest.format}, {manifest.recipe}; {size_text(content.bundle.model_bytes)} |"
    yield f"| licence of the weights | {spec.licence} |"
    yield (
        f"| input | {rule.width} x {rule.height} pixels, 8-bit RGB, from the centre of the picture resized to "
        f"{size.width} x {size.height} ({size.filter}, {size.fit}) |"
    )
    if original:
        yield f"| made from | {original.name}, manifest `{original.sha256}` |"
    if manifest.calibration:
        yield f"| calibrated on | {manifest.calibration.pictures} pictures, set `{manifest.calibration.sha256}` |"
    yield (
        f"| scores | within {tolerance.resized_score:g} of the Keras original's on the {len(content.golden.encoded)} "
        f"pictures in `golden/`, given their pixels; within {tolerance.file_score:g} given the files |"
    )


def _own_cards(content: Content) -> Iterator[str]:
    """Yield the lines of every card in the bundle, below a line that says whose it is."""
    names = sorted(name for name in content.manifest.files if name.rpartition("/")[2] == MODEL_CARD)
    for name in names:
        yield from ("", f"<!-- model/{name} -->", "")
        yield (content.bundle.path / name).read_text("utf-8", "replace").strip()
