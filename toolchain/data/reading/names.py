"""Settings that are names, and names to labels: written with commas on the command line, or as JSON."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Annotated

from pydantic import BeforeValidator

from models.errors import UserError


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _assigned(value: object) -> object:
    if not isinstance(value, str):
        return value
    found: dict[str, object] = {}
    for part in filter(None, (part.strip() for part in value.split(";"))):
        name, equals, names = part.partition("=")
        if not equals or not name.strip():
            raise ValueError(f"not CATEGORY=NAME,NAME;… (got {part!r})")
        found[name.strip()] = _split(names)
    return found


Names = Annotated[tuple[str, ...], BeforeValidator(_split)]
"""``adult,violence``, or a list in JSON."""

Assignments = Annotated[dict[str, Names], BeforeValidator(_assigned)]
"""``violence=weapon,knife;cartoon=anime``, or an object of lists in JSON."""


def known_or_refused(subject: object, name: str, known: Sequence[str]) -> str:
    """Return ``name``, which must be one of ``known``.

    Raises:
        UserError: it is not; the message offers the nearest.
    """
    if name not in known:
        raise UserError(subject, f"no {name!r} in it", nearest(name, known))
    return name


def nearest(name: str, known: Sequence[str]) -> str:
    """Return "Did you mean a, b or c?" with up to three of ``known``; "" where nothing is near."""
    found = get_close_matches(name, known, 3, cutoff=0.5)
    if not found:
        return ""
    *others, last = found
    return f"Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


def unknown(kind: str, name: str, known: Sequence[str]) -> UserError:
    """Return the error of a ``name`` that is not one of ``known``; it offers the nearest, and lists them all."""
    listed = f"Known: {', '.join(sorted(known))}."
    return UserError(kind, f"unknown name (got {name!r})", " ".join(filter(None, (nearest(name, known), listed))))


def yes_and_no(yes: Sequence[str], no: Sequence[str]) -> Mapping[str, bool]:
    """Return the labels of a picture that is a yes for ``yes`` and a no for ``no``.

    Raises:
        UserError: a category is in both.
    """
    both = [name for name in yes if name in no]
    if both:
        raise UserError("--set", f"both a yes and a no for {both[0]}", "Leave it in one of them.")
    return {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}
