"""Text files as people have them."""

import gzip
import io
import tarfile
import zipfile

import pytest

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.text import is_utf8, lines, open_text

TEXT = "één\n\n  zwei  \r\ndrei"


@pytest.mark.parametrize(
    "content",
    [TEXT.encode(), TEXT.encode("utf-8-sig"), gzip.compress(TEXT.encode()), gzip.compress(TEXT.encode("utf-8-sig"))],
    ids=["plain", "mark", "gzip", "gzip and mark"],
)
def test_lines_and_where_they_stand(tmp_path, content):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    assert [*lines(path, Problems())] == [("a.txt:1", "één"), ("a.txt:3", "zwei"), ("a.txt:4", "drei")]
    with open_text(path) as file:
        assert file.read() == TEXT


def test_what_is_not_utf8_is_counted_or_told(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("naïve\n".encode("latin-1") + b"plain\n" + "naïve\n".encode())
    problems = Problems()
    assert [line for _, line in lines(path, problems)] == ["plain", "naïve"]
    assert problems.examples == {"not UTF-8": ["a.txt:1"]}
    with open_text(path) as file:
        assert [is_utf8(line) for line in file] == [False, True, True]


def archive(kind):
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as zipped:
            zipped.writestr("a.txt", TEXT)
    else:
        with tarfile.open(fileobj=buffer, mode=kind) as tar:
            tar.addfile(tarfile.TarInfo("a.txt"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (gzip.compress(b""), "an empty file"),
        (TEXT.encode("utf-16"), r"not a text file \(got text in UTF-16\). Save it as UTF-8."),
        (archive("zip"), r"not a text file \(got a zip archive\). Unpack it."),
        (archive("w"), r"not a text file \(got a tar archive\). Unpack it."),
        (archive("w:gz"), r"not a text file \(got a tar archive\). Unpack it."),
        (b"a\0b", r"not a text file \(got NUL bytes\)"),
        (b"\n<!DOCTYPE html><html>", r"not a list or table \(got a web page\)"),
        (gzip.compress(TEXT.encode() * 99)[:-12], "damaged"),
        (gzip.compress(TEXT.encode())[:-8] + b"12345678", "damaged"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,  # which hold the time
)
def test_other_files_are_refused_in_one_line(tmp_path, content, message):
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(UserError, match=f"a.txt: {message}"):
        [*lines(path, Problems())]


def test_no_file(tmp_path):
    with pytest.raises(UserError, match="gone: no such file"):
        [*lines(tmp_path / "gone", Problems())]
    with pytest.raises(UserError, match="a folder, not a file"):
        [*lines(tmp_path, Problems())]
