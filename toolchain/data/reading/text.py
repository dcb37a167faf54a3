"""Text files, a line at a time: UTF-8, gzipped or not, with or without a byte order mark.

for where, line in lines(Path("urls.txt"), problems):
    ...                                                 # where: "urls.txt:17"
"""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from models.errors import UserError
from toolchain.data.problems import Problems

NOT_UTF8 = "not UTF-8"

_GZIP = b"\x1f\x8b"
_OTHERS = (
    (b"\xff\xfe", "text in UTF-16", "Save it as UTF-8."),
    (b"\xfe\xff", "text in UTF-16", "Save it as UTF-8."),
    (b"PK\x03\x04", "a zip archive", "Unpack it."),
    (b"PAR1", "a Parquet file", ""),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"%PDF", "a PDF document", ""),
    (b"BZh", "compressed with bzip2", "Unpack it."),
    (b"\xfd7zXZ", "compressed with xz", "Unpack it."),
)
_PAGES = (b"<!doctype", b"<html", b"<?xml")
_LOOKED_AT = 4096


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a text file as bytes, unpacked if it is gzipped, behind its byte order mark.

    Raises:
        UserError: there is no such file, it is empty, or it is plainly not text.
    """
    if not path.is_file():
        raise UserError(path, "a folder, not a file" if path.is_dir() else "no such file", "Name a text file.")
    with path.open("rb") as file:
        packed = file.read(2) == _GZIP
    with cast("BinaryIO", gzip.open(path)) if packed else path.open("rb") as file:
        try:
            start = file.read(_LOOKED_AT)
            _refuse_others(path, start)
            file.seek(len(b"\xef\xbb\xbf") if start.startswith(b"\xef\xbb\xbf") else 0)
            yield file
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UserError(path, f"damaged ({str(error).rstrip('.')})", "Get it again.") from error


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file with line ends as they are; bytes that are not UTF-8 become lone surrogates.

    Raises:
        UserError: as ``open_bytes``.
    """
    from io import TextIOWrapper

    with open_bytes(path) as file:
        yield TextIOWrapper(file, "utf-8", "surrogateescape", newline="")


def lines(path: Path, problems: Problems) -> Iterator[tuple[str, str]]:
    """Yield each line that says something, without white space around it, and where it stands ("urls.txt:17").

    Lines that are not UTF-8 are counted and left out.

    Raises:
        UserError: as ``open_bytes``.
    """
    with open_bytes(path) as file:
        for number, line in enumerate(file, 1):
            where = f"{path.name}:{number}"
            try:
                text = line.decode("utf-8").strip()
            except UnicodeDecodeError:
                problems.add(NOT_UTF8, where)
                continue
            if text:
                yield where, text


def is_utf8(text: str) -> bool:
    """Return whether ``text``, from ``open_text``, was UTF-8."""
    return text.isascii() or not any("\udc80" <= one <= "\udcff" for one in text)


def _refuse_others(path: Path, start: bytes) -> None:
    if not start.strip():
        raise UserError(path, "an empty file", "Was it copied to its end?")
    for magic, what, advice in _OTHERS:
        if start.startswith(magic):
            raise UserError(path, f"not a text file (got {what})", advice)
    if start[257:262] == b"ustar":
        raise UserError(path, "not a text file (got a tar archive)", "Unpack it.")
    if start.lstrip().lower().startswith(_PAGES):
        raise UserError(path, "not a list or table (got a web page)", "Was it saved from a page that says an error?")
    if b"\0" in start:
        raise UserError(path, "not a text file (got NUL bytes)", "Save it as UTF-8 text.")
