"""The class descriptions: which MID has which name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.names import nearest
from toolchain.data.reading.records import records
from toolchain.data.reading.rows import NOT_CSV, WRONG_FIELDS
from toolchain.data.reading.text import NOT_UTF8, is_utf8, open_text


@dataclass(frozen=True)
class Classes:
    """Names by MID, and MIDs by name in lower case; a name may have several."""

    names: Mapping[str, str] = field(default_factory=dict)
    mids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def mid(self, label: str) -> str:
        """Return the MID of a label that is given as a MID or as a whole name, in letters of any size.

        Raises:
            UserError: there is none, or more than one; the message has the nearest names.
        """
        if label.startswith("/"):
            if self.names and label not in self.names:
                raise UserError("open-images", f"no label has the MID {label}", "Look it up in the class descriptions.")
            return label
        if not self.names:
            raise UserError(
                "open-images", f"no class descriptions to look {label!r} up in", "Give that file too, or the MID."
            )
        found = self.mids.get(label.casefold(), ())
        if len(found) > 1:
            raise UserError(
                "open-images", f"{len(found)} labels are named {label!r}", f"Give one of {', '.join(found)}."
            )
        if not found:
            advice = nearest(label.casefold(), [*self.mids])
            raise UserError("open-images", f"no label is named {label!r}", advice or "Give whole names, or MIDs.")
        return found[0]


def read_classes(paths: Iterable[Path], problems: Problems) -> Classes:
    """Read class descriptions, with a heading or without; rows that are none are counted.

    Raises:
        UserError: a file cannot be read.
    """
    names: dict[str, str] = {}
    mids: dict[str, tuple[str, ...]] = {}
    for path in paths:
        with open_text(path) as text:
            for number, row in records(text, ",", 2):
                where = f"{path.name}:{number}"
                if row is None:
                    problems.add(NOT_CSV, where)
                elif number == 1 and row[0] == "LabelName":
                    continue
                elif len(row) != 2:
                    problems.add(WRONG_FIELDS, where)
                elif not is_utf8(row[1]):
                    problems.add(NOT_UTF8, where)
                elif not row[0].startswith("/"):
                    problems.add("no MID", where)
                elif row[0] not in names:
                    names[row[0]] = row[1].strip()
                    key = row[1].strip().casefold()
                    mids[key] = (*mids.get(key, ()), row[0])
    return Classes(names, mids)
