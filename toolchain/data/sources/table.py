"""Tables of pictures, CSV or Parquet, whose columns are chosen by settings."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from models.errors import UserError
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.addresses import host_of
from toolchain.data.reading.fields import Columns, LabelsSeen, said_of
from toolchain.data.reading.names import known_or_refused
from toolchain.data.reading.once import Once
from toolchain.data.reading.rows import read_columns, read_rows

SUMMARY = "CSV and Parquet, with columns of your choice"


class Settings(Columns):
    """Which column is what, those of ``Columns`` and three more.

    Attributes:
        file: the picture on this machine, relative to the table; a row that has one is not fetched.
        url: the picture's address.
        key: what tells the rows apart, by default the file or the address.
    """

    file: str = "file"
    url: str = "url"
    key: str = "key"


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield a picture for each row that has a file or an address."""
    once, seen = Once(), LabelsSeen()
    for path in inputs:
        columns = _columns(path, settings)
        for where, row in read_rows(path, columns, problems):
            seen.add(row.get(settings.label, ""))
            file, url = row.get(settings.file, ""), row.get(settings.url, "")
            if not file and not host_of(url):
                problems.add("neither a file nor an address", where)
                continue
            key = row.get(settings.key) or file or url
            if not once.first(key):
                problems.add("a key again", where)
                continue
            yield Item(
                key=key,
                file=str(path.parent / file) if file else "",
                urls=() if file else (url,),
                **said_of(row, settings, where, problems),
            )
    seen.refuse_missing(settings.label, settings.categories)


def _columns(path: Path, settings: Settings) -> list[str]:
    known = read_columns(path)
    for name in settings.asked_for():
        known_or_refused(path, name, known)
    if settings.file not in known and settings.url not in known:
        raise UserError(
            path,
            f"no column of files or addresses (got {', '.join(known)[:120]})",
            "Name one with --set file=COLUMN or --set url=COLUMN.",
        )
    return [name for name in known if name in {*settings.columns().values(), *settings.yes_no}]
