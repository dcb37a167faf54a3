"""A file that is on its way: in memory while it is small, because to open a file may take longer than to fetch one."""

from dataclasses import dataclass, field
from pathlib import Path

_IN_MEMORY = 1 << 18


@dataclass
class Spool:
    """Bytes for the file at ``path``, which is there at the latest after ``finish``."""

    path: Path
    _waiting: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes) -> None:
        """Append."""
        self._waiting += data
        if len(self._waiting) > _IN_MEMORY:
            self.finish()

    def restart(self) -> None:
        """Begin from nothing."""
        self._waiting.clear()
        self.path.unlink(missing_ok=True)

    def finish(self) -> None:
        """Write what is still in memory."""
        with self.path.open("ab") as file:
            file.write(self._waiting)
        self._waiting.clear()
