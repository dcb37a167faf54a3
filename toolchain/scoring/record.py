"""What a folder is the scoring of, written down in it, so that two scorings do not end up in one table."""

import os
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from models.document import Document
from models.errors import UserError
from toolchain.scoring.plan import PLAN_FILE, Plan

RECORD_FILE = "_scoring.json"
LOCK_FILE = "_scoring.lock"


class Record(Document):
    """A scoring.

    Attributes:
        bundle: SHA-256 of the bundle's manifest.
        inputs: the files and folders, as they were named.
        column: the column of tables, "" for the default.
        runtime: what was asked for, None for the first that runs the bundle.
        device: likewise.
        plan: SHA-256 over where every input's bytes are.
        pictures: how many inputs there are.
        shard_rows: how many a shard has.
    """

    schema_version: Literal["rct.scoring/1"] = "rct.scoring/1"
    bundle: str
    inputs: tuple[str, ...]
    column: str = ""
    runtime: str | None = None
    device: str = "cpu"
    plan: str
    pictures: int
    shard_rows: int

    def as_plan(self) -> Plan:
        """Return what is known of the plan."""
        return Plan(self.pictures, self.shard_rows, self.plan)


_WORDS = {"bundle": "bundle", "inputs": "inputs", "column": "column", "runtime": "runtime", "device": "device"}
_WORDS |= {"plan": "pictures", "pictures": "pictures", "shard_rows": "number of rows per shard"}


def read_record(folder: Path) -> Record | None:
    """Return the record that stands in ``folder``, None where none does.

    Raises:
        UserError: it cannot be read, or the folder holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(folder, "a file, not a folder", "Give another --out.")
    try:
        return Record.model_validate_json((folder / RECORD_FILE).read_text("utf-8"))
    except FileNotFoundError:
        if folder.is_dir() and any(not _is_ours(path.name) for path in folder.iterdir()):
            raise UserError(folder, "holds something that is no scoring", "Give another --out.") from None
        return None
    except (ValidationError, UnicodeDecodeError, OSError) as error:
        raise UserError(folder / RECORD_FILE, "cannot be read", "Give --overwrite to start anew.") from error


def _is_ours(name: str) -> bool:
    return name.startswith(("_plan.", "_writing-", "_scoring.")) or (
        name.startswith("part-") and name.endswith(".parquet")
    )


def check_same(folder: Path, there: Record, wanted: Record) -> None:
    """Refuse to go on with another scoring.

    Raises:
        UserError: bundle, inputs or settings are not those that the folder was begun with.
    """
    for name, word in _WORDS.items():
        if getattr(there, name) != getattr(wanted, name):
            raise UserError(
                folder,
                f"the scoring of another plan (its {word} {'were' if word.endswith('s') else 'was'} not the same)",
                "Give --overwrite to start anew, or another --out.",
            )


def write_record(folder: Path, record: Record) -> None:
    """Write the record, whole."""
    scratch = folder / f"{RECORD_FILE}.{os.getpid()}"
    scratch.write_text(record.model_dump_json(indent=2) + "\n", "utf-8")
    scratch.replace(folder / RECORD_FILE)


def clear(folder: Path) -> None:
    """Remove a scoring from its folder; the record goes first, so that what is left is none."""
    (folder / RECORD_FILE).unlink(missing_ok=True)
    for path in [folder / PLAN_FILE, *folder.glob("part-*.parquet")]:
        path.unlink(missing_ok=True)
