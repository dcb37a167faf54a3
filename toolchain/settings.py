"""``--set KEY=VALUE`` against a document that says which keys there are and what they may hold.

settings = read_settings(Settings, ["epochs=5", "optimizer=sgd"], "fine-tune")
"""

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TypeVar

from pydantic import ValidationError

from models.document import Document, first_problem
from models.errors import UserError

Kind = TypeVar("Kind", bound=Document)


def read_settings(kind: type[Kind], given: Sequence[str], subject: str) -> Kind:
    """Return the ``kind`` of ``given``, each "key=value"; keys that are not given keep their defaults.

    A value is read as JSON where it is JSON, and as text where it is not; the last one of a key counts.

    Args:
        kind: the document's class.
        given: the texts.
        subject: what the settings are of, for messages ("fine-tune").

    Raises:
        UserError: not of that form, no such key (the nearest is offered), or a value that cannot be.
    """
    values: dict[str, object] = {}
    known = [*kind.model_fields]
    for text in given:
        key, equals, value = text.partition("=")
        key = key.strip().replace("-", "_")
        if not equals:
            raise UserError("--set", f"not KEY=VALUE (got {text!r})", f"{subject} has {', '.join(known) or 'none'}.")
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"Did you mean {near[0]}? " if near else ""
            raise UserError("--set", f"{subject} has no {key!r}", f"{hint}It has {', '.join(known) or 'none'}.")
        values[key] = _value(value)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise UserError("--set", first_problem(error)) from error


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
