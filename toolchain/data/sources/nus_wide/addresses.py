"""The addresses of NUS-WIDE, in an order that does not follow their subjects."""

import random
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.data.problems import Problems
from toolchain.data.reading.addresses import host_of
from toolchain.data.reading.once import Once
from toolchain.data.reading.text import open_bytes
from toolchain.data.sources.nus_wide.concepts import picture_name

SIZES = ("large", "middle", "small", "original")
"""The last four columns, in their order."""

_FIELDS = 2 + len(SIZES)
_NONE = "null"


@dataclass(frozen=True)
class Place:
    """A line of the file, and where it stands."""

    text: str
    where: str


@dataclass(frozen=True)
class Row:
    """A picture: ``actor/0001_2124494179.jpg``, the number that Flickr knows it by, and its addresses, best first."""

    name: str
    photo: str
    urls: tuple[str, ...]


def find_rows(path: Path, seed: int | None, problems: Problems) -> Iterator[Place]:
    """Yield the lines that have six fields and a picture of their own, shuffled by ``seed`` if there is one.

    The others are counted. Only where lines begin is kept in memory.
    """
    with open_bytes(path) as file:
        starts, numbers, once = array("q"), array("q"), Once()
        number = 0
        while True:
            start = file.tell()
            line = file.readline()
            number += 1
            if not line:
                break
            fields = line.decode("utf-8", "backslashreplace").split()
            where = f"{path.name}:{number}"
            if not fields or (number == 1 and line.startswith(b"%")):
                continue
            if len(fields) != _FIELDS or not fields[1].isdecimal():
                problems.add("not six fields with a number in the second", where)
            elif not once.first(picture_name(fields[0])):
                problems.add("a picture again", where)
            else:
                starts.append(start)
                numbers.append(number)
        order = list(range(len(starts)))
        if seed is not None:
            random.Random(seed).shuffle(order)  # noqa: S311  an order, not a secret
        for one in order:
            file.seek(starts[one])
            yield Place(file.readline().decode("utf-8", "backslashreplace"), f"{path.name}:{numbers[one]}")


def read_row(place: Place, sizes: Sequence[str]) -> Row:
    """Return a line of ``find_rows`` as a picture; addresses are tried in the order of ``sizes``, each once."""
    name, photo, *urls = place.text.split()
    by_size = dict(zip(SIZES, urls, strict=True))
    wanted = (by_size[size] for size in sizes)
    return Row(picture_name(name), photo, tuple(dict.fromkeys(url for url in wanted if url != _NONE and host_of(url))))
