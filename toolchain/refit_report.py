"""What was refitted after quantization, for a reader."""

from models.manifest import Manifest, RefittedCategory


def refit_facts(manifest: Manifest) -> list[tuple[str, str]]:
    """Return name and text of a line for each category; none where nothing was to be refitted."""
    if manifest.refit is None:
        return []
    return [
        ("" if index else "refitted", f"{name}: {_in_words(category)}")
        for index, (name, category) in enumerate(manifest.refit.categories.items())
    ]


def _in_words(category: RefittedCategory) -> str:
    said = []
    if (category.slope, category.intercept) != (1, 0):
        said.append(f"logit x {category.slope:.4g} {category.intercept:+.3g}")
    before, after = category.thresholds_before, category.thresholds_after
    for point, old, new in (("review", before.review, after.review), ("block", before.block, after.block)):
        if old != new:
            said.append(f"{point} {old:g} to {new:.4g}")
    return ", ".join(said) or "nothing; scores and thresholds hold"
