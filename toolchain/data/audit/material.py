"""What every check is given: a dataset's entries, their fingerprints, and what hangs together among them.

material = gather(collection, threads=2, progress=progress)
material.names[3]                    # "train/cartoon/a.jpg"
material.near                        # found when it is first asked for, once for all checks
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from toolchain.data.audit.finding import MOST_EXAMPLES
from toolchain.data.collection import Collection
from toolchain.data.duplicates.clusters import clusters, equal_links
from toolchain.data.duplicates.near import NearPair, near_duplicates
from toolchain.data.fingerprints.store import STORE_FILE, take_all
from toolchain.data.ledger import Entry
from toolchain.output import Progress

Features = Callable[[], NDArray[np.floating]]
"""Returns float [pictures, size], what a frozen backbone makes of them; nan in the rows of those it cannot read."""


@dataclass(frozen=True)
class Material:
    """A dataset under audit; places are those in ``entries``.

    Attributes:
        collection: what was read.
        rows: fingerprints of its pictures, array of ``RECORD`` [pictures].
        progress: for checks that take long.
        seed: of everything that is drawn.
        features: computes them; None where there is no backbone at hand.
        held_together: of each picture, what else must not be torn; pictures with the same name here are one cluster.
    """

    collection: Collection
    rows: NDArray[np.void]
    progress: Progress
    seed: int = 0
    features: Features | None = None
    held_together: tuple[str | None, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries that have a picture."""
        return self.collection.pictures

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The files, as the dataset names them."""
        return tuple(entry.file for entry in self.entries)

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The categories, without those that are an earlier one's opposite: what is found of one holds for both."""
        kept: dict[tuple[bool | None, ...], str] = {}
        for name in self.collection.categories:
            answers = tuple(entry.labels.get(name) for entry in self.entries)
            if tuple(None if one is None else not one for one in answers) not in kept:
                kept[answers] = name
        return tuple(kept.values())

    @cached_property
    def same_bytes(self) -> list[tuple[int, ...]]:
        """The places of files of the same bytes, for bytes that are there more than once."""
        present = self.rows["bytes"] > 0
        digests = [row.tobytes() if there else None for row, there in zip(self.rows["sha256"], present, strict=True)]
        return together(equal_links(digests), len(digests))

    @cached_property
    def near(self) -> list[NearPair]:
        """Pairs of different bytes that look the same."""
        self.progress("looking for near-duplicates")
        return near_duplicates(self.rows)

    @cached_property
    def clusters(self) -> NDArray[np.int64]:
        """What must stay on one side of a split, int64 [pictures]: the first member of each picture's cluster."""
        return clusters(len(self.entries), self.links())

    def links(self) -> list[tuple[int, int]]:
        """Return the links of the same group of one source, the same bytes, the same looks, and ``held_together``."""
        groups = [(entry.source, entry.group) if entry.group else None for entry in self.entries]
        bytes_links = [(one[0], other) for one in self.same_bytes for other in one[1:]]
        near = ((pair.first, pair.second) for pair in self.near)
        return [*equal_links(groups), *bytes_links, *near, *equal_links(self.held_together)]

    def examples(self, found: Iterable[Sequence[int]]) -> tuple[tuple[str, ...], ...]:
        """Return the names of the first few of ``found``, of each not more than a few either."""
        shown = (one for one, _ in zip(found, range(MOST_EXAMPLES), strict=False))
        return tuple(tuple(self.names[place] for place in one[:MOST_EXAMPLES]) for one in shown)


def gather(
    collection: Collection, threads: int, progress: Progress, *, seed: int = 0, features: Features | None = None
) -> Material:
    """Take the fingerprints of every picture, or find them again, and return all that checks need."""
    paths = [collection.path(entry) for entry in collection.pictures]
    rows = take_all(paths, collection.folder / STORE_FILE, threads, progress)
    return Material(collection, rows, progress, seed, features)


def together(links: Sequence[tuple[int, int]], count: int) -> list[tuple[int, ...]]:
    """Return what ``links`` among ``count`` things put together, as tuples of places, the largest first."""
    found: dict[int, list[int]] = {}
    linked = {place for link in links for place in link}
    root = clusters(count, links)
    for place in sorted(linked):
        found.setdefault(int(root[place]), []).append(place)
    return sorted((tuple(places) for places in found.values()), key=lambda places: (-len(places), places))
