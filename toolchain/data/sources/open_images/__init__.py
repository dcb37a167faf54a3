"""Open Images, versions 1 to 7: images with labels by machines and people, from Flickr.

The inputs are files that the project publishes, of any of its versions, in any order: images, labels of whole images,
boxes, class descriptions, and lists of the images that lie in its bucket. They are told apart by their headings.
Memory goes by how many images have a label that is asked for, not by the files.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from models.document import Document
from models.errors import UserError
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.names import Assignments, Names
from toolchain.data.reading.text import lines
from toolchain.data.sources.open_images.classes import read_classes
from toolchain.data.sources.open_images.evidence import Evidence, answers_of, gather, image_number, labels_of_nothing
from toolchain.data.sources.open_images.files import Files, sort_files
from toolchain.data.sources.open_images.images import Addresses, read_images, share_of
from toolchain.data.sources.open_images.wanted import Wanted, wanted_labels

if TYPE_CHECKING:
    import pyarrow as pa

SUMMARY = "Open Images, versions 1 to 7"

_DONE = -1


class Settings(Document):
    """Which labels mean what, and where the images are got.

    Attributes:
        presets: categories whose labels we suggest: adult, cartoon, medical, spoof, violence.
        yes: labels that show a category, as MIDs or whole names: violence=weapon,/m/0chbx;cartoon=anime
        no: likewise, labels that are mistaken for a category.
        depictions: categories that a box marked as a depiction, a drawing of its object, is a yes for.
        min_confidence: of a machine's label, 0 to 1; what is below counts for nothing.
        others: the share, 0 to 1, of the images without any of these labels that is taken as a no for all categories.
        seed: draws that share.
        size: which address of an image is tried first, the thumbnail's (300,000 pixels) or the original's.
        hosted: the address of the project's bucket, tried before the others.
        group: what stays on one side of a split: an author's images, or nothing.
    """

    presets: Names = ()
    yes: Assignments = Field(default_factory=dict)
    no: Assignments = Field(default_factory=dict)
    depictions: Names = ()
    min_confidence: float = Field(0.5, ge=0, le=1)
    others: float = Field(0.0, ge=0, le=1)
    seed: int = 0
    size: Literal["thumbnail", "original"] = "thumbnail"
    hosted: str = ""
    group: Literal["author", "none"] = "author"


def read(inputs: Sequence[Path], settings: Settings, problems: Problems) -> Iterator[Item]:
    """Yield the images that say yes or no to a category, in the order of the images files."""
    files = sort_files(inputs, problems)
    classes = read_classes(files.classes, problems)
    wanted = wanted_labels(settings.presets, settings.yes, settings.no, settings.depictions, classes, problems)
    addresses = _addresses(files, settings, problems)
    evidence = gather(files.labels, files.boxes, wanted, settings.min_confidence, problems)
    for mid in labels_of_nothing(evidence, wanted):
        problems.add("a label that no image has", f"{mid} ({classes.names.get(mid, 'no name')})")

    def labels_of(number: int) -> dict[str, bool] | None:
        bits = evidence.get(number)
        if bits is None:
            if share_of(number, settings.seed) >= settings.others:
                return {}
            evidence[number] = _DONE
            return dict.fromkeys(wanted.categories, False)
        if bits == _DONE:
            return None
        evidence[number] = _DONE
        labels, disputed = answers_of(bits, wanted)
        if disputed:
            problems.add("a label that people disagree over", f"{number:016x}")
        return labels

    ids = None if settings.others else _ids(evidence)
    yield from read_images(files.images, labels_of, ids, addresses, settings.group == "author", problems)
    _count_missing(evidence, wanted, problems)


def _addresses(files: Files, settings: Settings, problems: Problems) -> Addresses:
    if files.hosted and not settings.hosted:
        raise UserError("open-images", "a list of hosted images, but no bucket", "Give --set hosted=ADDRESS.")
    listed: set[int] = set()
    for path in files.hosted:
        for where, line in lines(path, problems):
            number = image_number(line.rpartition("/")[2].encode())
            if number is None:
                problems.add("no image ID", where)
            else:
                listed.add(number)
    return Addresses(settings.size == "thumbnail", settings.hosted, frozenset(listed) if files.hosted else None)


def _ids(evidence: Evidence) -> "pa.Array":
    import pyarrow as pa

    return pa.array((f"{number:016x}".encode() for number in evidence), pa.binary())


def _count_missing(evidence: Evidence, wanted: Wanted, problems: Problems) -> None:
    for number, bits in evidence.items():
        if bits != _DONE and answers_of(bits, wanted)[0]:
            problems.add("labelled, but not among the images", f"{number:016x}")
