"""The function behind ``rct package verify``: is a package whole, whose is it, and does its model still say the same?

Code that comes with a package is never run.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from models.bundle import Bundle
from models.errors import BundleError, UnavailableError, UserError
from models.manifest import FileEntry, file_sha256
from models.runtimes import load_runtime, runtime, runtime_names
from toolchain.output import Progress
from toolchain.packaging.content import MODEL_FOLDER, Content, read_content
from toolchain.packaging.contents import CONTENTS, SIGNATURE, Contents, parse_contents
from toolchain.packaging.golden_compare import strange_files
from toolchain.packaging.report import PackageReport, RuntimeRow, Signature
from toolchain.packaging.signing import is_signed_by, read_public_key
from toolchain.packaging.unpacking import MOST_CONTENTS_BYTES, unpack
from toolchain.verification.golden_check import check_golden

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ADVICE = "Do not use the package; get it again."


def verify_package(path: Path, key: Path | None, progress: Progress) -> PackageReport:
    """Check the package ``path``, a zip or a folder: its signature by ``key``, its files, and its golden vectors.

    The golden pixels are scored by every runtime that is installed and runs the format, and held to the same limits as
    clients are. Errors name the package, not the folder that a zip was unpacked to.

    Raises:
        BundleError: it is not a package, is of another version, holds what no package holds (see ``unpack``), or its
            bundle is not one that this version reads.
        UserError: the key cannot be read.
    """
    public = read_public_key(key) if key else None
    with _folder(path, progress) as (folder, of_other_size):
        text = _read_bounded(folder / CONTENTS, path)
        contents = parse_contents(text, path)
        progress("checking digests")
        found = _found(folder, path)  # before any of them is read: a link is not followed
        altered, missing = _compare(folder, contents, of_other_size)
        report = PackageReport(
            package=str(path),
            name=contents.name,
            target=contents.target,
            files=len(contents.files),
            bytes=contents.size,
            signature=_signature(text, folder / SIGNATURE, public),
            altered=altered,
            missing=missing,
            unlisted=tuple(sorted(found - contents.files.keys() - {CONTENTS, SIGNATURE})),
        )
        if not report.passed:
            return report
        with _speaking_of(path, folder):
            content = read_content(Bundle.open(folder / MODEL_FOLDER))
            runtimes = tuple(_run(content, progress))
            progress("comparing golden/ with golden.npz")
            return report.model_copy(update={"runtimes": runtimes, "strange": strange_files(folder, content)})


@contextmanager
def _speaking_of(package: Path, folder: Path) -> Iterator[None]:
    """Let errors of what lies in ``folder`` name the package, and advise somebody who did not make it."""
    try:
        yield
    except UserError as error:
        subject, problem = (text.replace(f"{folder}/", "") for text in (error.subject, error.problem))
        raise BundleError(f"{package}: {subject}", problem, _ADVICE) from error


@contextmanager
def _folder(path: Path, progress: Progress) -> Iterator[tuple[Path, frozenset[str]]]:
    """Yield the package's folder, and the files that a zip has in another size than it says itself."""
    if path.is_dir():
        yield path, frozenset()
    elif path.is_file():
        progress("unpacking")
        with TemporaryDirectory(prefix="rct-package-") as scratch:
            yield Path(scratch), unpack(path, Path(scratch))
    else:
        raise BundleError(path, "no such package", "rct package makes one.")


def _read_bounded(file: Path, package: Path) -> bytes:
    if file.is_symlink() or not file.is_file():
        raise BundleError(package, f"not a package: it has no {CONTENTS}", "rct package makes one.")
    with file.open("rb") as stream:
        return stream.read(MOST_CONTENTS_BYTES + 1)


def _signature(text: bytes, file: Path, key: "Ed25519PublicKey | None") -> Signature:
    there = file.is_file() and not file.is_symlink()
    if key is None:
        return "not checked" if there else "none"
    if not there:
        return "missing"
    with file.open("rb") as stream:
        return "good" if is_signed_by(text, stream.read(1 << 10), key) else "wrong"


def _found(folder: Path, package: Path) -> set[str]:
    """Return the paths of all files below ``folder``; links and devices, which no package has, are refused."""
    found = set()
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(above) / name
            shown = path.relative_to(folder).as_posix()
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                found.add(shown)
            elif not stat.S_ISDIR(mode):
                raise BundleError(package, f"a file is a link or a device (got {shown[:80]!r})", "Do not use it.")
    return found


def _compare(folder: Path, contents: Contents, altered: frozenset[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the paths of the files that are not as they are listed, ``altered`` among them, and of those not there."""
    there = {path for path in contents.files if (folder / path).is_file() and not (folder / path).is_symlink()}
    differ = {path for path in there if not _is(folder / path, contents.files[path])}
    return tuple(sorted(differ | altered)), tuple(sorted(contents.files.keys() - there - altered))


def _is(file: Path, entry: FileEntry) -> bool:
    return file.stat().st_size == entry.bytes and file_sha256(file) == entry.sha256


def _run(content: Content, progress: Progress) -> Iterator[RuntimeRow]:
    """Yield what each runtime makes of the golden vectors, in the order of their names."""
    bundle, limit = content.bundle, content.tolerance.resized_score
    for name in runtime_names():
        if bundle.manifest.format not in runtime(name).FORMATS:
            continue
        progress(f"golden vectors on {name}")
        try:
            predict = load_runtime(bundle, name=name)
        except UnavailableError as error:
            yield RuntimeRow(name=name, unavailable=str(error))
        else:
            check = check_golden(content.golden, bundle.manifest, predict)
            yield RuntimeRow(name=name, golden=check.model_copy(update={"limit": limit}))
