"""One labelled picture as a source names it, before anything was fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Item:
    """A picture that a source offers, with everything that it says of it.

    Attributes:
        key: unique within its source and the same on every reading ("4fa8054781a4c382"); what a ledger is resumed by.
        urls: where to get it, best first; of a file that is on this machine already, where it came from.
        file: the file on this machine, "" for one that has to be fetched.
        part: where in ``file`` the picture lies, first byte and number of bytes, for one inside an archive; None where
            the whole file is the picture.
        labels: category to yes or no; a category that is missing is not known of this picture.
        group: what must stay on one side of a split (album, author, source file), "" where nothing must.
        md5: of the bytes, 32 hexadecimal digits, "" where the source has none.
        md5_of: the one of ``urls`` that ``md5`` is of, "" for the first: what is true of an original is not of its
            thumbnail.
        rotation: degrees counter-clockwise that the picture is to be turned by: 0, 90, 180 or 270.
        split: "train", "val" or "test" where the source says so, else "".
        licence: as the source writes it, an SPDX identifier or an address, "" where it says nothing.
        author: likewise.
        landing_page: the page that shows the picture.
        source: where it is from in the end, "" where that is the source itself.
    """

    key: str
    urls: tuple[str, ...] = ()
    file: str = ""
    part: tuple[int, int] | None = None
    labels: Mapping[str, bool] = field(default_factory=dict)
    group: str = ""
    md5: str = ""
    md5_of: str = ""
    rotation: int = 0
    split: str = ""
    licence: str = ""
    author: str = ""
    landing_page: str = ""
    source: str = ""

    def md5_at(self, url: str) -> str:
        """Return the MD5 of what lies at ``url``, one of ``urls``; "" where it is not known."""
        return self.md5 if url == (self.md5_of or self.urls[0]) else ""
