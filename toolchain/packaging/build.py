"""From a bundle to a package: a folder, and a zip of it beside it.

write_package(Bundle.open(path), "cpp", Path("packages/mine-cpp"))    # and packages/mine-cpp.zip
package_files(read_content(bundle), target("cpp"))                    # what it is made of; nothing is written

The same bundle gives the same bytes, every time.
"""

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from models.bundle import MANIFEST, Bundle, check_target, writing
from models.errors import BundleError
from toolchain.packaging.bom import BOM, bill_of_materials
from toolchain.packaging.content import GOLDEN_FOLDER, MODEL_FOLDER, Content, read_content
from toolchain.packaging.contents import CONTENTS, SIGNATURE, contents_of
from toolchain.packaging.golden_files import golden_files
from toolchain.packaging.model_card import MODEL_CARD, model_card
from toolchain.packaging.rendering import render_client
from toolchain.packaging.signing import sign
from toolchain.packaging.targets import Target, target_names
from toolchain.packaging.targets import target as target_module
from toolchain.packaging.zipping import write_zip

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def write_package(
    bundle: Bundle, target: str, out: Path, *, overwrite: bool = False, key: "Ed25519PrivateKey | None" = None
) -> Path:
    """Write the package of ``bundle`` for ``target`` to the folder ``out`` and to ``out``.zip; return the zip's path.

    Both are written aside and renamed: a package that is there is whole. ``key`` signs it.

    Raises:
        UnknownName: no such target.
        BundleError: the target does not run the bundle's format, or ``out`` is there and must not be replaced, or lies
            in the bundle.
        UserError: the disk is full, or the folder cannot be written.
    """
    archive = archive_of(out)
    check_format(bundle, target)
    if out.resolve().is_relative_to(bundle.path.resolve()):
        raise BundleError(out, "lies in the bundle that is to be packaged", "Give another --out.")
    check_target(out, overwrite=overwrite, kind="package", mark=CONTENTS)
    if archive.exists() and not overwrite:
        raise BundleError(archive, "already exists", "Give --overwrite to replace it, or another --out.")
    files = package_files(read_content(bundle), target_module(target))
    contents = contents_of(bundle.manifest, target, files)
    scratch = archive.with_name(f".{archive.name}.{secrets.token_hex(8)}")
    try:
        with writing(out, overwrite=overwrite, kind="package", mark=CONTENTS) as folder:
            for path, file in files.items():
                _write(folder / path, file)
            own = {CONTENTS: contents.to_json()}
            if key:
                own[SIGNATURE] = sign(own[CONTENTS], key)
            for path, text in own.items():
                (folder / path).write_bytes(text)
            write_zip(folder, (*files, *own), contents.name, scratch)
        scratch.replace(archive)
    finally:
        scratch.unlink(missing_ok=True)
    return archive


def package_files(content: Content, target: Target) -> Mapping[str, bytes | Path]:
    """Return the files of a package by path, sorted, as bytes or as where they lie: all that contents.json lists.

    Raises:
        ValueError: the target's client has a file where the package's own are.
    """
    bundle = content.bundle
    files: dict[str, bytes | Path] = {
        (MODEL_FOLDER / name).as_posix(): bundle.path / name for name in (MANIFEST, *content.manifest.files)
    }
    files |= {(GOLDEN_FOLDER / name).as_posix(): file for name, file in golden_files(content).items()}
    files |= {BOM: bill_of_materials(content), MODEL_CARD: model_card(content), **render_client("licence")}
    client = target.client(content)
    taken = sorted(files.keys() & client.keys())
    if taken:
        raise ValueError(f"a client has the package's own files: {', '.join(taken)}")
    return dict(sorted((files | dict(client)).items()))


def archive_of(out: Path) -> Path:
    """Return where the zip of the package ``out`` lies: beside it."""
    return out.with_name(f"{out.name}.zip")


def check_format(bundle: Bundle, target: str) -> None:
    """Refuse a bundle that the target's client cannot run.

    Raises:
        UnknownName: no such target.
        BundleError: so it is.
    """
    wanted, formats = bundle.manifest.format, target_module(target).FORMATS
    if wanted not in formats:
        others = targets_for(wanted)
        problem = f"format {wanted} does not run on target {target} (got {bundle.manifest.name})"
        advice = f"Targets that run it: {', '.join(others)}. Or export" if others else "Export"
        raise BundleError("bundle", problem, f"{advice} to {' or '.join(formats)}.")


def targets_for(bundle_format: str) -> tuple[str, ...]:
    """Return the targets whose client runs a format, sorted."""
    return tuple(name for name in target_names() if bundle_format in target_module(name).FORMATS)


def _write(path: Path, file: bytes | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(file, Path):
        shutil.copyfile(file, path)
    else:
        path.write_bytes(file)
