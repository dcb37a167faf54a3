"""A package's folder as a zip of anybody's making, and with a contents.json that fits what was changed in it."""

import zipfile
from hashlib import sha256

from models.manifest import FileEntry
from toolchain.packaging.contents import Contents


def rezip(package, path, change=None, extra=()):
    """Write the folder ``package`` as a zip, its names through ``change``, and further members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(package.rglob("*")):
            if file.is_file():
                name = f"top/{file.relative_to(package).as_posix()}"
                info = member(change(name) if change else name)
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, file.read_bytes())
        for info, text in extra:
            archive.writestr(info, text)
    return path


def member(name, mode=0o100644):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    return info


def listed_anew(package, path):
    """Write contents.json and a zip anew, as whoever repackages a package does."""
    contents = Contents.model_validate_json((package / "contents.json").read_bytes())
    files = {name: FileEntry(bytes=len(text), sha256=sha256(text).hexdigest()) for name, text in contents_in(package)}
    (package / "contents.json").write_bytes(contents.model_copy(update={"files": files}).to_json())
    return rezip(package, path)


def contents_in(package):
    for file in sorted(package.rglob("*")):
        if file.is_file() and file.name != "contents.json":
            yield file.relative_to(package).as_posix(), file.read_bytes()
