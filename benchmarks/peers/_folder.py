"""What lies in a peer's folder: the spec, digests of the model's files, or, where nothing is converted, the originals.

Digests are taken when a peer is prepared: its cold start is none of their business.
"""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.latency.contender import Contender
from benchmarks.latency.report import Subject
from benchmarks.peers import FILES, SPEC
from models.bundle import Bundle
from models.document import Document
from models.manifest import FileEntry, Manifest, file_sha256
from models.spec import ClassifierSpec

LINK = "originals.json"


class Original(Document):
    """The folder of an original, and its manifest."""

    path: str
    manifest: Manifest


class Link(Document):
    """Originals that a peer runs as they are."""

    originals: tuple[Original, ...]


class Files(Document):
    """What ``prepare`` wrote."""

    files: dict[str, FileEntry]


def write_link(originals: Sequence[Bundle], folder: Path) -> None:
    """Write down where the originals are, instead of copying them."""
    link = Link(originals=tuple(Original(path=str(one.path.resolve()), manifest=one.manifest) for one in originals))
    (folder / LINK).write_text(link.model_dump_json(), "utf-8")


def linked(folder: Path) -> tuple[Bundle, ...]:
    """Return the originals that ``write_link`` wrote down."""
    link = Link.model_validate_json((folder / LINK).read_text("utf-8"))
    return tuple(Bundle(Path(original.path), original.manifest) for original in link.originals)


def write_files(folder: Path) -> None:
    """Write down the digests of the files in the folder."""
    found = {
        file.name: FileEntry(bytes=file.stat().st_size, sha256=file_sha256(file))
        for file in sorted(folder.iterdir())
        if file.name not in {SPEC, LINK, FILES}
    }
    (folder / FILES).write_text(Files(files=found).model_dump_json(), "utf-8")


def spec_of(folder: Path) -> ClassifierSpec:
    """Return the original's spec."""
    return ClassifierSpec.model_validate_json((folder / SPEC).read_text("utf-8"))


def subject(contender: Contender, runtime: str, version: str, provider: str) -> Subject:
    """Describe what was loaded: the files of the folder, or those of the originals that it names."""
    folder = Path(contender.folder or "")
    files = Files.model_validate_json((folder / FILES).read_text("utf-8")).files
    if (folder / LINK).is_file():
        bundles = linked(folder)
        files = {f"{one.manifest.name}/{one.model.name}": one.manifest.files[one.manifest.model] for one in bundles}
    return Subject(
        format=contender.peer or "",
        recipe=contender.recipe,
        runtime=runtime,
        version=version,
        provider=provider,
        files={name: entry.sha256 for name, entry in files.items()},
        bytes=sum(entry.bytes for entry in files.values()),
        categories=spec_of(folder).labels,
    )
