"""A source for tests: one item per line, in JSON, by the names of its fields."""

import json

from models.document import Document
from toolchain.data.item import Item

SUMMARY = "items as they are"


class Settings(Document):
    colour: str = ""


def read(inputs, settings, problems):
    for path in inputs:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                fields = json.loads(line)
            except ValueError:
                problems.add("not JSON", f"{path.name}:{number}")
                continue
            yield Item(**{name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()})
