"""What labels and boxes say of each image, in a few bits per label."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.data.problems import Problems
from toolchain.data.reading.rows import read_columns
from toolchain.data.sources.open_images.columns import among, wanted_rows
from toolchain.data.sources.open_images.wanted import Wanted

if TYPE_CHECKING:
    import pyarrow as pa

_MACHINE_YES, _HUMAN_YES, _HUMAN_NO, _DOUBTFUL = 1, 2, 4, 8
_BITS = 4
_LABEL_COLUMNS = ("ImageID", "Source", "LabelName", "Confidence")

Evidence = dict[int, int]
"""An image's number, its ID read as hexadecimal digits, to four bits for each of ``Wanted.mids`` in their order: a
machine's yes, a person's yes, a person's no, and a machine's yes that is below the limit. The bits above those of the
last label are set by boxes that are depictions. An image without a wanted label has no entry, so that memory goes by
what is wanted, about 200 bytes an image, and not by the size of the files."""


def image_number(text: bytes) -> int | None:
    """Return the number of an image ID of 16 hexadecimal digits, None for what is none."""
    try:
        return int(text, 16) if len(text) == 16 and text.isalnum() else None
    except ValueError:
        return None


def gather(
    labels: Sequence[Path], boxes: Sequence[Path], wanted: Wanted, min_confidence: float, problems: Problems
) -> Evidence:
    """Read what files of labels and of boxes say of ``wanted``; rows that make no sense are counted.

    Raises:
        UserError: a file cannot be read.
    """
    import pyarrow as pa

    evidence: Evidence = {}
    place = {mid.encode(): number * _BITS for number, mid in enumerate(wanted.mids)}
    mids = pa.array(list(place), pa.binary())

    def note(where: str, image: bytes, bits: int) -> None:
        number = image_number(image)
        if number is None:
            problems.add("no image ID", f"{where}: {image[:40].decode('utf-8', 'replace')}")
        else:
            evidence[number] = evidence.get(number, 0) | bits

    for path in labels:
        rows = wanted_rows(path, _LABEL_COLUMNS, lambda batch: among(batch.column("LabelName"), mids), problems)
        for image, source, mid, confidence in rows:
            bits = _meaning(source, confidence, min_confidence)
            if bits is None:
                problems.add("a confidence that is none", f"{path.name}: {image.decode('utf-8', 'replace')}")
            else:
                note(path.name, image, bits << place[mid])
    for path in boxes:
        drawn = 1 << len(wanted.mids) * _BITS if wanted.depictions else 0
        columns = [name for name in ("ImageID", "LabelName", "IsDepiction") if name in read_columns(path)]
        for image, mid, *depiction in wanted_rows(path, columns, _box_is_wanted(mids, bool(drawn)), problems):
            bits = _HUMAN_YES << place[mid] if mid in place else 0
            note(path.name, image, bits | (drawn if depiction == [b"1"] else 0))
    return evidence


def answers_of(bits: int, wanted: Wanted) -> tuple[dict[str, bool], bool]:
    """Return what an image says yes and no to, and whether people disagree over one of its labels.

    A label is there if a person says so, or a machine does and no person says no; where people disagree it counts for
    nothing. A category is a yes if one of the labels that show it is there. It is a no if none is, and one that is
    mistaken for it is there or a person has said of one that shows it that it is not. Of the others nothing is known.
    """
    states = {mid: _state(bits >> number * _BITS) for number, mid in enumerate(wanted.mids)}
    drawn = bool(bits >> len(wanted.mids) * _BITS)
    found = {}
    for category in wanted.categories:
        shows = [states[mid] for mid in wanted.yes.get(category, ())]
        if True in shows or (drawn and category in wanted.depictions):
            found[category] = True
        elif False in shows or any(states[mid] for mid in wanted.no.get(category, ())):
            found[category] = False
    both = _HUMAN_YES | _HUMAN_NO
    return found, any(bits >> number * _BITS & both == both for number in range(len(wanted.mids)))


def labels_of_nothing(evidence: Evidence, wanted: Wanted) -> list[str]:
    """Return those of ``wanted.mids`` that nothing was said about any image by."""
    seen = 0
    for bits in evidence.values():
        seen |= bits
    return [mid for number, mid in enumerate(wanted.mids) if not seen >> number * _BITS & (1 << _BITS) - 1]


def _state(bits: int) -> bool | None:
    match bits & _HUMAN_YES, bits & _HUMAN_NO:
        case 0, 0:
            return True if bits & _MACHINE_YES else None
        case _, 0:
            return True
        case 0, _:
            return False
    return None


def _meaning(source: bytes, confidence: bytes, least: float) -> int | None:
    try:
        value = float(confidence)
    except ValueError:
        return None
    if source == b"machine":
        if not 0 <= value <= 1:
            return None
        return _MACHINE_YES if value >= least else _DOUBTFUL
    return {0.0: _HUMAN_NO, 1.0: _HUMAN_YES}.get(value)


def _box_is_wanted(mids: "pa.Array", depictions: bool) -> "Callable[[pa.RecordBatch], pa.Array]":
    import pyarrow as pa
    import pyarrow.compute as pc

    def mask(batch: "pa.RecordBatch") -> "pa.Array":
        labelled = among(batch.column("LabelName"), mids)
        if not depictions or "IsDepiction" not in batch.schema.names:
            return labelled
        return pc.or_(labelled, among(batch.column("IsDepiction"), pa.array([b"1"], pa.binary())))

    return mask
