"""What categories mean, in words: those that everybody uses, and the user's own."""

from collections.abc import Sequence

from pydantic import ValidationError

from models.document import first_problem
from models.errors import UserError
from models.spec import Category
from toolchain.data.reading.names import nearest

DEFINITIONS = {
    "adult": "Nudity or sexual acts, shown to arouse. Not: swimwear, medicine, works of art, breast-feeding.",
    "violence": "Acts of violence between people or against animals, wounds, blood, weapons aimed at somebody. "
    "Not: sports, weapons that lie about.",
    "cartoon": "Drawn or painted by hand or computer: cartoons, clip art, illustrations, diagrams, game graphics. "
    "Not: photographs, nor photographs of drawn things.",
    "medical": "Medical images: X-rays, scans, microscopy, surgery, diseased skin. Not: people in hospitals.",
    "spoof": "A picture of a picture: photographed from a screen or a print, or a mask, held up for a real thing.",
    "disgusting": "What makes most people look away: excrement, vomit, vermin, rot, open sores. Not: violence.",
}
"""Of the categories that need no ``--define``."""


def define(names: Sequence[str], given: Sequence[str]) -> tuple[Category, ...]:
    """Return the categories of these names; ``given`` are definitions, each "name=words".

    Raises:
        UserError: a name that cannot be, or twice; a category without a definition; a definition without a category.
    """
    words = dict(_parted(text) for text in given)
    strange = [name for name in words if name not in names]
    if strange:
        raise UserError("--define", f"not among the categories (got {strange[0]!r})", f"They are {', '.join(names)}.")
    twice = sorted({name for name in names if [*names].count(name) > 1})
    if twice:
        raise UserError("categories", f"one is named twice (got {twice[0]})", "Name each once.")
    return tuple(_category(name, words.get(name) or DEFINITIONS.get(name)) for name in names)


def _parted(text: str) -> tuple[str, str]:
    name, _, words = text.partition("=")
    if not words.strip():
        raise UserError("--define", f"not NAME=WORDS (got {text!r})", 'Like this: --define cat="Pictures of cats."')
    return name.strip(), words.strip()


def _category(name: str, words: str | None) -> Category:
    if words is None:
        advice = f'Say what counts: --define {name}="...". Known without: {", ".join(DEFINITIONS)}.'
        near = nearest(name, tuple(DEFINITIONS))
        raise UserError(name, "a category without a definition", " ".join(filter(None, (near, advice))))
    try:
        return Category(name=name, definition=words)
    except ValidationError as error:
        raise UserError("categories", first_problem(error), "Use small letters, digits and underscores.") from error
