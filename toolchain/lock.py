"""One process at a time: two trainings, scorings or fetches in one folder would write over each other's files.

A lock is the system's (flock): it ends with the process, however that ends, and its file may stay. There is none on
Windows, nor on a file system that knows no locks.
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from models.errors import UserError

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


@contextmanager
def alone(file: Path, subject: Path, work: str) -> Iterator[None]:
    """Hold ``file``, made where it is not there, as the only ``work`` ("training") on ``subject``.

    Raises:
        UserError: another process does that work.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as held:
        hold(held, subject, f"another {work} is at work for it", "Wait for it, or give another --out.")
        yield


def hold(file: IO[bytes], subject: Path, problem: str, advice: str) -> None:
    """Hold an open file until it is closed or this process ends.

    Raises:
        UserError: another process holds it; its words are the last three arguments.
    """
    if sys.platform == "win32":
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UserError(subject, problem, advice) from error
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
