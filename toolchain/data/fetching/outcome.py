"""What became of one item, and the words for it."""

from dataclasses import dataclass

from toolchain.data.ledger import OK


@dataclass(frozen=True)
class Outcome:
    """What fetching adds to an item; the fields are those of ``toolchain.data.ledger.Entry``."""

    status: str = OK
    url: str = ""
    detail: str = ""
    file: str = ""
    sha256: str = ""
    bytes: int = 0
    format: str = ""
    width: int = 0
    height: int = 0


class Failed(Exception):  # noqa: N818
    """There is no picture at an address.

    Attributes:
        status: why, in two words ("http 404", "timed out"): what is counted.
        detail: more of it; the same on every try, because it goes into the ledger.
        again: another try may help.
        last: the item's other addresses are not worth a try.
    """

    def __init__(self, status: str, detail: str = "", *, again: bool = False, last: bool = False) -> None:
        self.status = status
        self.detail = detail
        self.again = again
        self.last = last
        super().__init__(f"{status} ({detail})" if detail else status)
