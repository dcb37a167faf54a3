"""Files whose name says another format than their bytes."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material

SUMMARY = "names that end in another format than the bytes are in"

_MEANS = {
    "jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "jfif": "jpeg", "png": "png", "apng": "png", "webp": "webp",
    "gif": "gif", "bmp": "bmp", "tif": "tiff", "tiff": "tiff",
}  # fmt: skip


def look(material: Material) -> Iterator[Finding]:
    """Yield one finding for all, with the number of each wrong pair."""
    wrong: dict[int, str] = {}
    for place, (name, form) in enumerate(zip(material.names, material.rows["format"].astype(str), strict=True)):
        suffix = PurePosixPath(name).suffix.lower().lstrip(".")
        if form and _MEANS.get(suffix) != form:
            wrong[place] = f"{form} named .{suffix}" if suffix else f"{form} without an ending"
    if wrong:
        kinds = list(wrong.values())
        yield Finding(
            check="extensions",
            severity="note",
            title="the name ends in another format than the bytes are in",
            pictures=len(wrong),
            figures={kind: kinds.count(kind) for kind in sorted(set(kinds))},
            examples=material.examples([(place,) for place in wrong]),
            advice="rct goes by the bytes; other programs may not. Rename them.",
        )
