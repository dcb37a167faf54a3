"""The plain files in golden/ against the golden.npz that they were made from.

A client checks itself against the plain files, ``rct verify`` against the archive: they have to say the same.
"""

import json
from pathlib import Path
from typing import Any

from toolchain.packaging.content import GOLDEN_FOLDER, Content
from toolchain.packaging.golden_files import GOLDEN_JSON, golden_files


def strange_files(folder: Path, content: Content) -> tuple[str, ...]:
    """Return the paths of the files in ``golden/`` of the package ``folder`` that are not those of ``content``, sorted.

    Files that are missing there, or that are more, count too. Pictures are compared byte by byte, golden.json by what
    it says; its tolerances are those of the version that wrote it, and not compared.
    """
    expected = golden_files(content)
    golden = folder / GOLDEN_FOLDER
    there = {file.relative_to(golden).as_posix() for file in golden.rglob("*") if file.is_file()}
    differ = {name for name in there & expected.keys() if not _same(name, (golden / name).read_bytes(), expected[name])}
    return tuple(sorted((GOLDEN_FOLDER / name).as_posix() for name in differ | (there ^ expected.keys())))


def _same(name: str, found: bytes, expected: bytes) -> bool:
    return found == expected or (name == GOLDEN_JSON and _said(found) == _said(expected))


def _said(text: bytes) -> Any:
    """Return what a golden.json says but for its tolerances; its bytes where it is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return {key: value for key, value in document.items() if key != "tolerance"} if isinstance(document, dict) else text
