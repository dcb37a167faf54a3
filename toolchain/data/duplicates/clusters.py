"""What hangs together: the connected parts of a graph of pictures, by union-find.

cluster = clusters(5, [(0, 3), (3, 4)])          # int64 [5]: [0, 1, 2, 0, 0], each by its smallest member
"""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def clusters(count: int, links: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    """Return int64 [count]: for each of ``count`` things the smallest one that it is linked with, itself by default."""
    parent = list(range(count))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    for one, other in links:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return np.array([root(one) for one in range(count)], np.int64)


def equal_links(names: Sequence[Hashable | None]) -> list[tuple[int, int]]:
    """Return a link from the first thing of each name to each other thing of that name; None and "" are no name."""
    first: dict[Hashable, int] = {}
    return [(first[name], place) for place, name in enumerate(names) if name and first.setdefault(name, place) != place]
