"""Where the bytes of one input are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reference:
    """An input of a scoring: at an address, in a file, in a part of one, in a row of a Parquet file, or nowhere.

    Attributes:
        input: what its row is called: a path, an address, or a key.
        url: its address, "" where it is on this machine.
        file: the file, absolute; "" where there is none.
        start: the first byte of a part, or the row of a table, from 0 on.
        size: bytes of a part; -1 where the whole file is the picture.
        column: the column of the table that holds the encoded bytes, "" where ``file`` is no table.
        problem: why there is no picture to look for, "" where there is one.
        stamp: bytes of the file when the plan was made, so that another file of its name is another plan.
    """

    input: str
    url: str = ""
    file: str = ""
    start: int = 0
    size: int = -1
    column: str = ""
    problem: str = ""
    stamp: int = -1
