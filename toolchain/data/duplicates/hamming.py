"""Neighbours among bit strings, without comparing each with each: multi-index hashing.

    pairs = neighbours(queries, index, radius=11)          # int64 [found, 2]: places in queries and in index

64 bits are cut into four chunks of 16. Two strings that differ in at most 11 bits differ in at most 2 in one of the
chunks, so it is enough to look up, chunk by chunk, what lies within 2 bits: nothing is missed. Norouzi, Punjani and
Fleet, "Fast search in Hamming space with multi-index hashing" (2012).
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

_CHUNKS, _CHUNK_BITS = 4, 16
_LOOKUPS_AT_ONCE = 1 << 21


def neighbours(queries: NDArray[np.uint64], index: NDArray[np.uint64], radius: int) -> NDArray[np.int64]:
    """Return every pair of places whose strings differ in at most ``radius`` bits, int64 [found, 2], sorted.

    Args:
        queries: uint64 [n].
        index: uint64 [m]; time and memory grow with n + m and with the pairs that share a chunk, not with n * m.
        radius: bits, 0 to 64; the larger, the more is looked at.
    """
    masks = _masks(radius // _CHUNKS)
    rows = max(1, _LOOKUPS_AT_ONCE // len(masks))
    found = [np.empty((0, 2), np.int64)]
    for at in range(_CHUNKS):
        theirs = _chunk(index, at)
        order = np.argsort(theirs, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(theirs, minlength=1 << _CHUNK_BITS))])
        for begin in range(0, len(queries), rows):
            wanted = (_chunk(queries[begin : begin + rows], at)[:, None] ^ masks).ravel()
            for lookup, place in _ranges(starts[wanted], starts[wanted + 1]):
                query, other = begin + lookup // len(masks), order[place]
                near = np.bitwise_count(queries[query] ^ index[other]) <= radius
                found.append(np.stack([query[near], other[near]], 1))
        found = [np.unique(np.concatenate(found), axis=0)]
    return found[0]


def _chunk(strings: NDArray[np.uint64], at: int) -> NDArray[np.int64]:
    return (strings >> np.uint64(_CHUNK_BITS * at)).astype(np.uint16).astype(np.int64)


def _masks(radius: int) -> NDArray[np.int64]:
    """Return every 16-bit mask of at most ``radius`` bits."""
    places = range(_CHUNK_BITS)
    chosen = [bits for count in range(radius + 1) for bits in combinations(places, count)]
    return np.array([sum(1 << bit for bit in bits) for bits in chosen], np.int64)


def _ranges(first: NDArray[np.int64], last: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (row, place) for each place from first[row] up to last[row], about two million of them at a time."""
    counts = last - first
    rows = np.flatnonzero(counts)
    blocks = np.cumsum(counts[rows]) // _LOOKUPS_AT_ONCE
    for chosen in np.split(rows, np.flatnonzero(np.diff(blocks)) + 1) if len(rows) else ():
        repeated = np.repeat(chosen, counts[chosen])
        starts = np.repeat(np.cumsum(counts[chosen]) - counts[chosen], counts[chosen])
        yield repeated, np.arange(len(repeated)) - starts + first[repeated]
