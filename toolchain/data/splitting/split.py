"""Behind ``rct data split``.

    report = split(Request(Path("data/mine"), val=0.1, test=0.1), progress)
    report = check_split(Request(Path("data/mine")), progress)

What hangs together (one group, the same bytes, the same looks; one source, if asked for) goes to one side as a whole.
The draw goes by the pictures' bytes and the seed: neither names nor the order of files matter.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.errors import UserError, VerdictError
from models.processor import usable_cores
from toolchain.data.audit.checks import leaks
from toolchain.data.audit.finding import Answers
from toolchain.data.audit.material import Material, gather
from toolchain.data.collection import Collection, read_collection
from toolchain.data.dataset import SPLITS
from toolchain.data.ledger import OK, Entry, write_ledger
from toolchain.data.splitting.assign import assign
from toolchain.data.splitting.by import values_of
from toolchain.data.splitting.refusals import refuse_bad_outcome, refuse_one_answer, refuse_torn, refuse_unnamed
from toolchain.data.splitting.report import Side, SplitReport
from toolchain.data.splitting.search import search
from toolchain.output import Progress


@dataclass(frozen=True)
class Request:
    """What was asked for.

    ``keep`` leaves pictures where they are that are in a split; ``out`` is a folder; ``by`` is a column of
    ``toolchain.data.splitting.by`` whose values go to one side as a whole, "" for none.
    """

    place: Path
    out: Path | None = None
    val: float = 0.1
    test: float = 0.1
    seed: int = 0
    categories: tuple[str, ...] = ()
    keep: bool = False
    by: str = ""

    @property
    def shares(self) -> tuple[float, ...]:
        """The shares of ``SPLITS``."""
        return 1 - self.val - self.test, self.val, self.test


def split(request: Request, progress: Progress) -> SplitReport:
    """Draw a split, and write it as the column ``split`` of a ledger; a plain folder gets a ledger.

    Raises:
        UserError: there is no dataset, or no split of it that leaks nothing and has both answers on every side: the
            message says what is in the way. Nothing is written then.
    """
    collection = read_collection(request.place, request.categories)
    if collection.has_ledger and request.categories:
        collection = read_collection(request.place)  # whose other labels are kept
    chosen = request.categories or collection.categories
    refuse_unnamed(request.place, collection, request.categories)
    held = values_of(collection.pictures, request.by) if request.by else ()
    material = replace(gather(collection, usable_cores(), progress), held_together=held)
    refuse_one_answer(request.place, material, chosen)
    progress("drawing the split")
    shares = dict(zip(SPLITS, request.shares, strict=True))
    usable = np.flatnonzero(material.rows["fault"] == b"")
    _, of_cluster = np.unique(material.clusters[usable], return_inverse=True)
    fixed = _fixed(request, material, usable, of_cluster)
    counts = _counts(material, usable, of_cluster, chosen)
    draws = _draws(material, usable, of_cluster, request.seed)
    names = _names(material, usable, assign(counts, request.shares, draws, fixed)[of_cluster])
    try:
        refuse_bad_outcome(request.place, material, chosen, names, shares)
    except UserError:
        found = search(counts, request.shares, draws, fixed)
        if found is None:
            raise
        names = _names(material, usable, found[of_cluster])
        refuse_bad_outcome(request.place, material, chosen, names, shares)
    out = request.out or collection.folder
    ledger = write_ledger(out, _entries(collection, material.rows, names, out))
    return _report(request, material, names, ledger=str(ledger), seed=request.seed)


def check_split(request: Request, progress: Progress) -> SplitReport:
    """Return what the dataset is split into already, with what leaks.

    Raises:
        UserError: there is no dataset.
    """
    collection = read_collection(request.place, request.categories)
    material = gather(collection, usable_cores(), progress)
    found = tuple(one for one in leaks.look(material) if one.severity == "severe")
    names = [entry.split for entry in material.entries]
    return _report(request, material, names).model_copy(update={"findings": found})


def verdict(report: SplitReport) -> None:
    """Refuse a split that leaks.

    Raises:
        VerdictError: something is on more than one side.
    """
    if report.findings:
        first = report.findings[0]
        raise VerdictError(report.place, f"{first.title} (got {first.pictures:,} pictures)", first.advice)


def _names(material: Material, usable: NDArray[np.intp], sides: NDArray[np.int64]) -> list[str]:
    names = [""] * len(material.entries)
    for place, side in zip(usable, sides, strict=True):
        names[place] = SPLITS[side]
    return names


def _fixed(
    request: Request, material: Material, usable: NDArray[np.intp], of_cluster: NDArray[np.intp]
) -> NDArray[np.int64]:
    fixed = np.full(of_cluster.max(initial=-1) + 1, -1, np.int64)
    for place, cluster in zip(usable, of_cluster, strict=True) if request.keep else ():
        name = material.entries[place].split
        if name not in SPLITS:
            continue
        side = SPLITS.index(name)
        if fixed[cluster] not in {-1, side}:
            refuse_torn(request.place, material, int(place), SPLITS[fixed[cluster]])
        fixed[cluster] = side
    return fixed


def _counts(
    material: Material, usable: NDArray[np.intp], of_cluster: NDArray[np.intp], categories: tuple[str, ...]
) -> NDArray[np.int64]:
    """Return int64 [clusters, 2 * categories + 1]: yes and no to each, and pictures."""
    answers = [
        [*(entry.labels.get(name) is answer for name in categories for answer in (True, False)), True]
        for entry in (material.entries[place] for place in usable)
    ]
    counts = np.zeros((of_cluster.max(initial=-1) + 1, 2 * len(categories) + 1), np.int64)
    np.add.at(counts, of_cluster, np.array(answers, np.int64))
    return counts


def _draws(
    material: Material, usable: NDArray[np.intp], of_cluster: NDArray[np.intp], seed: int
) -> NDArray[np.float64]:
    """Return float64 [clusters] in [0, 1), from the seed and the smallest digest of each cluster's pictures."""
    smallest: dict[int, bytes] = {}
    for place, cluster in zip(usable, of_cluster.tolist(), strict=True):
        digest = material.rows["sha256"][place].tobytes()
        smallest[cluster] = min(digest, smallest.get(cluster, digest))
    drawn = [hashlib.sha256(f"{seed} ".encode() + smallest[cluster]).digest() for cluster in range(len(smallest))]
    return np.array([int.from_bytes(one[:6]) / 2**48 for one in drawn], np.float64)


def _entries(collection: Collection, rows: NDArray[np.void], names: list[str], out: Path) -> list[Entry]:
    """Return every entry, those without a picture too, with its split; its file as seen from ``out``."""
    of_picture = iter(zip(rows, names, strict=True))
    return [
        _entry(collection, entry, *next(of_picture), out) if entry.status == OK else replace(entry, split="")
        for entry in collection.entries
    ]


def _entry(collection: Collection, entry: Entry, row: np.void, name: str, out: Path) -> Entry:
    path, folder = collection.path(entry).absolute(), out.absolute()
    file = path.relative_to(folder) if path.is_relative_to(folder) else path
    return replace(
        entry,
        split=name,
        file=file.as_posix(),
        sha256=entry.sha256 or row["sha256"].tobytes().hex(),
        bytes=entry.bytes or int(row["bytes"]),
        format=entry.format or row["format"].decode(),
        width=entry.width or int(row["width"]),
        height=entry.height or int(row["height"]),
    )


def _report(
    request: Request, material: Material, names: list[str], *, ledger: str = "", seed: int | None = None
) -> SplitReport:
    categories = request.categories or material.collection.categories
    sides = {}
    for side in [*SPLITS, *sorted(set(names) - {*SPLITS, ""})]:
        places = [place for place, name in enumerate(names) if name == side]
        given = [material.entries[place].labels for place in places]
        answers = {}
        for name in categories:
            tally = Counter(labels.get(name) for labels in given)
            answers[name] = Answers(yes=tally[True], no=tally[False], unknown=tally[None])
        clusters = len({int(material.clusters[place]) for place in places})
        sides[side] = Side(pictures=len(places), clusters=clusters, categories=answers)
    return SplitReport(
        place=str(request.place), ledger=ledger, seed=seed, sides=sides, outside=sum(not name for name in names)
    )
