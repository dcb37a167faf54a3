"""One training at a time in a folder: two would write each other's checkpoints, and the same bundle in the end."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import UserError


@contextmanager
def alone(target: Path, folder: Path) -> Iterator[None]:
    """Hold the training of the bundle ``target``, whose state is in ``folder``, until the end of this process at most.

    Raises:
        UserError: another training holds it.
    """
    file = folder.with_name(f"{folder.name}.lock")
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as held:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UserError(
                    target, "another training is at work for it", "Wait for it, or give another --out."
                ) from error
        yield
