"""Two folders change places in one step, so that at no moment either name is without a folder."""

import ctypes
import os
import sys
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # Linux, renameat2(2)
_RENAME_SWAP = 2  # macOS, renamex_np(2)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two paths on one file system atomically; False where system or file system cannot, nothing changed.

    Raises:
        OSError: it failed for another reason (a path is missing, no permission).
    """
    arguments = (os.fsencode(one), os.fsencode(other))
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "linux":
            failed = libc.renameat2(_AT_FDCWD, arguments[0], _AT_FDCWD, arguments[1], _RENAME_EXCHANGE)
        elif sys.platform == "darwin":
            failed = libc.renamex_np(*arguments, _RENAME_SWAP)
        else:
            return False
    except (AttributeError, OSError, TypeError):
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if not one.exists() or not other.exists():
        raise OSError(code, os.strerror(code), str(one))
    return False
