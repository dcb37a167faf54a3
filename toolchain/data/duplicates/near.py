"""Pictures that look the same: re-encoded, resized, mirrored, framed, or a little cut.

    for pair in near_duplicates(rows): ...           # NearPair(first=3, second=17, bits=4)

Candidates are those whose 64-bit hashes differ in at most ``COARSE_BITS`` bits; of them those are taken whose 256-bit
hashes differ in at most ``FINE_BITS``. The decisions record has the measurement behind both.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolchain.data.duplicates.hamming import neighbours
from toolchain.data.fingerprints.looks import FLAT, VIEWS

COARSE_BITS = 11
FINE_BITS = 56

_PLAIN = len(VIEWS) // 2


class NearPair(NamedTuple):
    """Two pictures by their places, ``first`` < ``second``, and how many of 256 bits they differ in."""

    first: int
    second: int
    bits: int


def near_duplicates(rows: NDArray[np.void], *, fine_bits: int = FINE_BITS) -> list[NearPair]:
    """Return the pairs among ``rows`` (``RECORD``) that look the same, sorted.

    Pictures of the same bytes count once, by the first of them: they are found by their digests. So do pictures whose
    hashes are all equal; they are a star around the first and not every pair. Pictures that show nothing (``FLAT``) and
    files that are no whole picture have no pairs.
    """
    usable = np.flatnonzero((rows["detail"] >= FLAT) & np.isin(rows["fault"], (b"", b"truncated")))
    _, firsts = np.unique(rows["sha256"][usable], axis=0, return_index=True)
    usable = usable[np.sort(firsts)]
    if not len(usable):
        return []
    stars, centres = _stars(rows, usable)
    place, view = _distinct_views(rows["fine"][centres])
    coarse = np.ascontiguousarray(rows["coarse"][centres][place, view]).view(np.uint64)[:, 0]
    fine = rows["fine"][centres][place, view]
    plain = np.flatnonzero(view < _PLAIN)
    pairs = neighbours(coarse, coarse[plain], COARSE_BITS)
    one, other = pairs[:, 0], plain[pairs[:, 1]]
    bits = np.bitwise_count(fine[one] ^ fine[other]).sum(1)
    near = (bits <= fine_bits) & (place[one] != place[other])
    ends = np.sort(centres[np.stack([place[one[near]], place[other[near]]], 1)], axis=1)
    best: dict[tuple[int, int], int] = {}
    for first, second, count in zip(*ends.T.tolist(), bits[near].tolist(), strict=True):
        best[first, second] = min(count, best.get((first, second), count))
    return sorted([*stars, *(NearPair(*pair, count) for pair, count in best.items())])


def _distinct_views(fine: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return place and view of each hash of uint8 [n, 4, 32], without those of trimmed views that are the whole."""
    kept = np.ones(fine.shape[:2], bool)
    for whole in range(0, len(VIEWS), 2):
        kept[:, whole + 1] = (fine[:, whole] != fine[:, whole + 1]).any(1)
    place, view = np.nonzero(kept)
    return place, view


def _stars(rows: NDArray[np.void], usable: NDArray[np.intp]) -> tuple[list[NearPair], NDArray[np.intp]]:
    """Return the pairs of all whose every hash is equal, and the places of the first of each."""
    hashes = np.concatenate([rows["coarse"][usable], rows["fine"][usable]], 2).reshape(len(usable), -1)
    _, first, which = np.unique(hashes, axis=0, return_index=True, return_inverse=True)
    centre = usable[first][which.ravel()]
    stars = [NearPair(int(one), int(other), 0) for one, other in zip(centre, usable, strict=True) if one != other]
    return stars, np.sort(usable[first])
