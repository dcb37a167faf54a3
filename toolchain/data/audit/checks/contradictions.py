"""One picture under two labels."""

from collections.abc import Iterator, Sequence

from toolchain.data.audit.finding import Finding
from toolchain.data.audit.material import Material

SUMMARY = "the same picture with a yes and a no for one category"


def look(material: Material) -> Iterator[Finding]:
    """Yield a severe finding for contradictions of the same bytes, and a warning for those of the same looks."""
    same = [one for one in material.same_bytes if contradicted(material, one)]
    if same:
        yield Finding(
            check="contradictions",
            severity="severe",
            title="the same file under labels that contradict each other",
            pictures=sum(map(len, same)),
            figures=_by_category(material, same),
            examples=material.examples([_both_sides(material, one) for one in same]),
            advice="Decide what it shows, or remove it.",
        )
    near = [pair[:2] for pair in sorted(material.near, key=lambda pair: pair.bits) if contradicted(material, pair[:2])]
    if near:
        yield Finding(
            check="contradictions",
            severity="warning",
            title="pictures that look the same under labels that contradict each other",
            pictures=len({place for pair in near for place in pair}),
            figures=_by_category(material, near),
            examples=material.examples(near),
            advice="Look at both: one of the labels is wrong, unless what differs is what the category is about.",
        )


def contradicted(material: Material, places: Sequence[int]) -> list[str]:
    """Return the categories that some of these pictures say yes to, and others no."""
    labels = [material.entries[place].labels for place in places]
    return [
        name
        for name in material.collection.categories
        if len({answers[name] for answers in labels if name in answers}) == 2
    ]


def _by_category(material: Material, found: Sequence[Sequence[int]]) -> dict[str, int | float | str]:
    names = [name for one in found for name in contradicted(material, one)]
    return {name: names.count(name) for name in sorted(set(names))}


def _both_sides(material: Material, places: Sequence[int]) -> Sequence[int]:
    """Return a yes and a no first, so that an example that is cut short shows both."""
    name = contradicted(material, places)[0]
    labels = [material.entries[place].labels for place in places]
    yes = next(place for place, answers in zip(places, labels, strict=True) if answers.get(name) is True)
    no = next(place for place, answers in zip(places, labels, strict=True) if answers.get(name) is False)
    return [yes, no, *(place for place in places if place not in {yes, no})]
