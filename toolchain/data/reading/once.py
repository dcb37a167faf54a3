"""Is this the first time that a key is met?"""

import hashlib
from dataclasses import dataclass, field


@dataclass
class Once:
    """Keys that were met, 16 bytes for each however long it is."""

    _digests: set[bytes] = field(default_factory=set)

    def first(self, key: str) -> bool:
        """Return whether ``key`` was not met before; from now on it was."""
        before = len(self._digests)
        self._digests.add(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest())
        return len(self._digests) > before
