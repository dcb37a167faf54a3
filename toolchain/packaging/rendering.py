"""Clients from the files in toolchain/packaging/clients: what ends in .j2 is filled in, the rest is copied as it is."""

from collections.abc import Mapping
from pathlib import Path

from toolchain.packaging.joining import join

CLIENTS = Path(__file__).parent / "clients"
_TEMPLATE = ".j2"
_PICTURES = ("pillow/container.py", "pillow/pixels.py", "pillow/command.py")


def render_client(folder: str, **values: object) -> Mapping[str, bytes]:
    """Return the files of ``clients/FOLDER`` by their path in it; templates lose their suffix.

    A template that names a value which is not there is an error of ours and raises ``jinja2.UndefinedError``.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701  these are sources, not pages
        undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True
    )
    files = {}
    root = CLIENTS / folder
    for path in sorted(root.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        name = path.relative_to(root).as_posix()
        if name.endswith(_TEMPLATE):
            text = environment.from_string(path.read_text("utf-8")).render(**values)
            files[name.removesuffix(_TEMPLATE)] = text.encode()
        else:
            files[name] = path.read_bytes()
    return files


def python_client(*sources: str) -> Mapping[str, bytes]:
    """Return ``classifier.py``: ``sources``, below ``clients``, and how pictures are read and tested, in one file."""
    return {"classifier.py": join(*(CLIENTS / source for source in (*sources, *_PICTURES))).encode()}
