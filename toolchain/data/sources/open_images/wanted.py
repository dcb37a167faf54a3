"""Which labels are evidence for which category."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.sources.open_images.classes import Classes
from toolchain.data.sources.open_images.presets import preset, presets


@dataclass(frozen=True)
class Wanted:
    """Labels and what they say.

    Attributes:
        mids: the labels that say something, sorted.
        yes: for each category the labels that show it.
        no: for each category the labels that are mistaken for it.
        depictions: the categories that a box marked as a depiction is a yes for.
    """

    mids: tuple[str, ...]
    yes: Mapping[str, frozenset[str]]
    no: Mapping[str, frozenset[str]]
    depictions: tuple[str, ...]

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category that something says yes or no to, sorted."""
        return tuple(sorted({*self.yes, *self.no, *self.depictions}))


def wanted_labels(
    names: Sequence[str],
    yes: Mapping[str, Sequence[str]],
    no: Mapping[str, Sequence[str]],
    depictions: Sequence[str],
    classes: Classes,
    problems: Problems,
) -> Wanted:
    """Return what the presets of ``names`` and the labels that a user gave, by MID or whole name, come to.

    A label of a preset that the class descriptions do not have, or have under another name, is counted and, if it is
    missing, left out: the presets are those of version 1.

    Raises:
        UserError: nothing is asked for, or a label that a user gave is not there.
    """
    shows = {category: {*map(classes.mid, labels)} for category, labels in yes.items()}
    mistaken = {category: {*map(classes.mid, labels)} for category, labels in no.items()}
    drawn = {*depictions}
    for category in names:
        one = preset(category)
        shows.setdefault(category, set()).update(_there(one.yes, classes, problems))
        mistaken.setdefault(category, set()).update(_there(one.no, classes, problems))
        drawn |= {category} if one.depictions else set()
    if not (shows or mistaken or drawn):
        raise UserError(
            "open-images",
            "no category is asked for",
            f"Give --set presets=… ({', '.join(presets())}) or --set yes=CATEGORY=LABEL,LABEL.",
        )
    return Wanted(
        tuple(sorted({mid for labels in [*shows.values(), *mistaken.values()] for mid in labels})),
        {category: frozenset(labels) for category, labels in shows.items() if labels},
        {category: frozenset(labels - shows.get(category, set())) for category, labels in mistaken.items() if labels},
        tuple(sorted(drawn)),
    )


def _there(labels: Mapping[str, str], classes: Classes, problems: Problems) -> list[str]:
    found = []
    for mid, name in labels.items():
        known = classes.names.get(mid)
        if classes.names and known is None:
            problems.add("a label of the preset that the class descriptions do not have", f"{mid} ({name})")
            continue
        if known is not None and known.casefold() != name.casefold():
            problems.add("a label of the preset that has another name", f"{mid} ({name}, now {known})")
        found.append(mid)
    return found
