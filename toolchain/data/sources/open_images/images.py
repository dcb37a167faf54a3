"""The rows of images files as items."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from toolchain.data.folders import split_of
from toolchain.data.item import Item
from toolchain.data.problems import Problems
from toolchain.data.reading.addresses import host_of
from toolchain.data.reading.fields import digest_of, rotation_of
from toolchain.data.reading.rows import read_columns
from toolchain.data.reading.text import NOT_UTF8
from toolchain.data.sources.open_images.columns import among, wanted_rows
from toolchain.data.sources.open_images.evidence import image_number

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = (
    "ImageID", "Subset", "OriginalURL", "OriginalLandingURL", "License", "AuthorProfileURL", "Author", "OriginalMD5",
    "Thumbnail300KURL", "Rotation",
)  # fmt: skip


@dataclass(frozen=True)
class Addresses:
    """Which addresses of an image are tried, and in which order.

    Attributes:
        thumbnail_first: of the two that the file has, the thumbnail's before the original's.
        bucket: the address of the bucket, "" where it is not to be asked.
        in_bucket: the images that lie there, None where it may be any.
    """

    thumbnail_first: bool
    bucket: str = ""
    in_bucket: frozenset[int] | None = None

    def of(self, number: int, row: dict[str, str]) -> tuple[str, ...]:
        """Return the addresses of an image, best first."""
        both = [row["OriginalURL"], row.get("Thumbnail300KURL", "")]
        if self.thumbnail_first:
            both.reverse()
        if self.bucket and row.get("Subset") and (self.in_bucket is None or number in self.in_bucket):
            both.insert(0, f"{self.bucket.rstrip('/')}/{row['Subset']}/{row['ImageID']}.jpg")
        return tuple(url for url in both if host_of(url))


def read_images(
    paths: Sequence[Path],
    labels_of: Callable[[int], dict[str, bool] | None],
    numbers: "pa.Array | None",
    addresses: Addresses,
    by_author: bool,
    problems: Problems,
) -> Iterator[Item]:
    """Yield the images that have labels, in the order of the files; what cannot be used is counted.

    Args:
        paths: images files.
        labels_of: takes an image's number and returns its labels, none where it is not wanted, None where it came up
            before.
        numbers: the IDs of all images that may be wanted, binary; None where each has to be asked for.
        addresses: where to get them.
        by_author: what one author made stays together.
        problems: where to count.
    """
    for path in paths:
        columns = [name for name in _COLUMNS if name in read_columns(path)]
        for values in wanted_rows(path, columns, _mask(numbers), problems):
            number = image_number(values[0])
            where = f"{path.name}: {values[0][:40].decode('utf-8', 'replace')}"
            if number is None:
                problems.add("no image ID", where)
                continue
            labels = labels_of(number)
            if labels is None:
                problems.add("an image again", where)
            if not labels:
                continue
            try:
                row = dict(zip(columns, (value.decode("utf-8").strip() for value in values), strict=True))
            except UnicodeDecodeError:
                problems.add(NOT_UTF8, where)
                continue
            item = _item(number, row, labels, addresses, by_author, where, problems)
            if item:
                yield item


def share_of(number: int, seed: int) -> float:
    """Return a number from 0 on and below 1 that looks drawn, and is the same for an image and a seed always."""
    digest = hashlib.blake2b(f"{seed}:{number:016x}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def _mask(numbers: "pa.Array | None") -> "Callable[[pa.RecordBatch], pa.Array]":
    import pyarrow as pa

    def mask(batch: "pa.RecordBatch") -> "pa.Array":
        if numbers is None:
            return pa.array([True] * batch.num_rows)
        return among(batch.column("ImageID"), numbers)

    return mask


def _item(
    number: int,
    row: dict[str, str],
    labels: dict[str, bool],
    addresses: Addresses,
    by_author: bool,
    where: str,
    problems: Problems,
) -> Item | None:
    urls = addresses.of(number, row)
    if not urls:
        problems.add("no address", where)
        return None
    original, text = row["OriginalURL"], row.get("OriginalMD5", "")
    md5 = digest_of(text)
    if text and not md5:
        problems.add("an MD5 that is none", where)
    rotation = rotation_of(row.get("Rotation", ""))
    if rotation is None:
        problems.add("a rotation that is none", where)
    known = bool(md5) and original in urls
    return Item(
        key=row["ImageID"],
        urls=urls,
        labels=labels,
        group=(row.get("AuthorProfileURL") or row.get("Author", "")) if by_author else "",
        md5=md5 if known else "",
        md5_of=original if known else "",
        rotation=rotation or 0,
        split=split_of(row.get("Subset", "")),
        licence=row.get("License", ""),
        author=row.get("Author", ""),
        landing_page=row.get("OriginalLandingURL", ""),
    )
