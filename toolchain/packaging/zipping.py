"""A folder as a zip that is the same bytes whenever the files are the same.

Names are sorted, every file is of 1 January 1980 and readable by all, and nothing is compressed: another zlib would
pack the same file in other bytes, and weights and pictures hardly shrink.
"""

import zipfile
from collections.abc import Iterable
from pathlib import Path

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


def write_zip(folder: Path, names: Iterable[str], top: str, out: Path) -> None:
    """Write ``folder``'s files of these ``names`` to the zip ``out``, all of them below the folder ``top``.

    Raises:
        OSError: one cannot be read, or ``out`` cannot be written.
    """
    with zipfile.ZipFile(out, "w") as archive:
        for name in sorted(names):
            info = zipfile.ZipInfo(f"{top}/{name}", _DATE)
            info.create_system, info.external_attr = _UNIX, _PLAIN_FILE
            info.file_size = (folder / name).stat().st_size
            with (folder / name).open("rb") as source, archive.open(info, "w") as target:
                while chunk := source.read(1 << 20):
                    target.write(chunk)
