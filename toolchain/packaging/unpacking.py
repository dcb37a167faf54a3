"""The zip of a package, which may be anybody's, unpacked into a folder of ours.

Nothing is written but the files that contents.json lists, each under its own name, and only if it is as long as that
says. Everything else that a zip can hold is refused before the first byte is written.
"""

import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from models.errors import BundleError
from models.manifest import FileEntry
from toolchain.packaging.contents import CONTENTS, MOST_FILES, SIGNATURE, Contents, parse_contents
from toolchain.packaging.paths import paths_problem

MOST_CONTENTS_BYTES = 4 << 20
_ALWAYS_ALLOWED, _MOST_GROWTH = 64 << 20, 20
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
_ADVICE = "Do not use the package."


def unpack(archive: Path, folder: Path) -> frozenset[str]:
    """Unpack the zip ``archive`` of a package into the empty ``folder``, without its topmost folder.

    Files that are listed and not there are left out: comparing the folder with its contents.json tells. So are those
    of another size, by the zip's own directory, than contents.json says; their paths are returned.

    Raises:
        BundleError: it is not a zip of a package; a name leads out, is absolute, is there twice or is not listed; it
            has a link or a device, is encrypted, or would grow to more than 20 times its size and 64 MiB.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened, archive)
            contents = _contents(opened, members, archive)
            _check_growth(contents, archive)
            _check_listed(contents, members, archive)
            altered = frozenset(path for path, entry in contents.files.items() if _has_other_size(members, path, entry))
            for path in sorted(members.keys() - altered):
                limit = contents.files[path].bytes + 1 if path in contents.files else MOST_CONTENTS_BYTES
                _write(opened, members[path], folder / path, limit)
            return altered
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BundleError(archive, f"a zip that is damaged or none at all ({error})", "Get it again.") from error


def _members(opened: zipfile.ZipFile, archive: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the files in a zip by their path below its topmost folder."""
    infos = opened.infolist()
    if len(infos) > 2 * MOST_FILES:
        raise BundleError(archive, f"too many files (got {len(infos)})", _ADVICE)
    for info in infos:
        if problem := _problem(info):
            raise BundleError(archive, f"{problem} (got {info.orig_filename[:80]!r})", _ADVICE)
    files = [info for info in infos if not info.is_dir()]
    if problem := paths_problem([info.filename for info in files]) or _beside_the_files(infos, files):
        raise BundleError(archive, problem, _ADVICE)
    tops = {info.filename.split("/")[0] for info in files}
    below = {info.filename.partition("/")[2]: info for info in files}
    if len(tops) != 1 or CONTENTS not in below:
        raise BundleError(archive, f"not a package: it has no folder with a {CONTENTS}", "rct package makes one.")
    return below


def _beside_the_files(infos: Sequence[zipfile.ZipInfo], files: Sequence[zipfile.ZipInfo]) -> str:
    """Return what a zip has that no digest speaks of: bytes before its members, folders with nothing in them."""
    if min((info.header_offset for info in infos), default=0):
        return "something stands before its first file"
    parents = {parent.as_posix() for info in files for parent in PurePosixPath(info.filename).parents}
    stray = (info.filename for info in infos if info.is_dir() and info.filename.rstrip("/") not in parents)
    return next((f"a folder with no file in it (got {name[:80]!r})" for name in stray), "")


def _problem(info: zipfile.ZipInfo) -> str:
    if info.orig_filename != info.filename:
        return "a name has a character that not every system allows"
    if info.flag_bits & _ENCRYPTED:
        return "a file is encrypted"
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "a member is a link or a device"
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "a file is compressed in a way that is not known"
    if info.is_dir():
        problem = paths_problem([info.filename.rstrip("/")])
        return problem.partition(" (got ")[0] or ("a folder has content" if info.file_size else "")
    return ""


def _contents(opened: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], archive: Path) -> Contents:
    with opened.open(members[CONTENTS]) as stream:
        text = stream.read(MOST_CONTENTS_BYTES + 1)
    if len(text) > MOST_CONTENTS_BYTES:
        raise BundleError(archive, f"its {CONTENTS} is too large (more than {MOST_CONTENTS_BYTES} bytes)", _ADVICE)
    return parse_contents(text, archive)


def _check_growth(contents: Contents, archive: Path) -> None:
    allowed = max(_ALWAYS_ALLOWED, _MOST_GROWTH * archive.stat().st_size)
    if contents.size > allowed:
        problem = f"would grow to {contents.size} bytes (of a zip of its size, {allowed} are believed)"
        raise BundleError(archive, problem, "Do not unpack it.")


def _check_listed(contents: Contents, members: dict[str, zipfile.ZipInfo], archive: Path) -> None:
    unlisted = sorted(members.keys() - contents.files.keys() - {CONTENTS, SIGNATURE})
    if unlisted:
        raise BundleError(archive, f"a file is not listed in its {CONTENTS} (got {unlisted[0]!r})", _ADVICE)


def _has_other_size(members: dict[str, zipfile.ZipInfo], path: str, entry: FileEntry) -> bool:
    return path in members and members[path].file_size != entry.bytes


def _write(opened: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, limit: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with opened.open(info) as source, path.open("xb") as target:
        while limit and (chunk := source.read(min(_CHUNK, limit))):
            target.write(chunk)
            limit -= len(chunk)
