"""What a folder is the fetch of, written down in it, so that two fetches do not end up in one ledger."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from models.document import Document
from models.errors import UserError
from toolchain.data.ledger import LEDGER_FILE

RECORD_FILE = "fetch.json"


class Record(Document):
    """What is fetched into a folder.

    Attributes:
        source: a name in toolchain.data.sources.
        inputs: its files and folders, relative to the folder.
        settings: the source's.
        ledger: a digest of the rows of the ledger that was made last, "" before there is one.
    """

    source: str
    inputs: tuple[str, ...]
    settings: dict[str, object] = Field(default_factory=dict)
    ledger: str = ""


def describe(source: str, inputs: Sequence[Path], settings: Document, folder: Path) -> Record:
    """Return the record of a fetch that is about to begin."""
    places = tuple(_relative(path, folder) for path in inputs)
    return Record(source=source, inputs=places, settings=settings.model_dump(mode="json"))


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return path.resolve().as_posix()


def continued(folder: Path, record: Record) -> Record:
    """Return the record that stands in ``folder``, or ``record`` where none does yet; nothing is written.

    Raises:
        UserError: the folder belongs to another fetch, or has a ledger that none has made.
    """
    there = read_record(folder)
    if there is None:
        if (folder / LEDGER_FILE).exists():
            raise UserError(folder, "has a ledger that was not fetched", "Give another folder with --out.")
        return record
    for name in ("source", "inputs", "settings"):
        was, wanted = getattr(there, name), getattr(record, name)
        if was != wanted:
            if name == "settings":
                was, wanted = _different(was, wanted), _different(wanted, was)
            raise UserError(
                folder, f"was begun with other {name} (got {_text(wanted)}, not {_text(was)})", "Give another --out."
            )
    return there


def read_record(folder: Path) -> Record | None:
    """Return what the folder is the fetch of, None where it is of none."""
    path = folder / RECORD_FILE
    if not path.is_file():
        return None
    try:
        return Record.model_validate_json(path.read_text("utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise UserError(path, "not a record of rct data fetch", "Give another folder with --out.") from error


def write_record(folder: Path, record: Record) -> None:
    """Write the record in one step; the folder is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f"{RECORD_FILE}.part"
    unfinished.write_text(record.model_dump_json(indent=1) + "\n", "utf-8")
    unfinished.replace(folder / RECORD_FILE)


def _different(settings: Mapping[str, object], others: Mapping[str, object]) -> dict[str, object]:
    """Return those of ``settings`` that are not in ``others``, or are something else there."""
    return {name: value for name, value in settings.items() if name not in others or others[name] != value}


def _text(value: object) -> str:
    text = json.dumps(value) if not isinstance(value, str) else value
    return text if len(text) <= 120 else f"{text[:117]}..."
