"""Lists on the command line: ``--threads 1,2`` and ``--threads 1 --threads 2`` are the same."""

from collections.abc import Sequence

from benchmarks.latency.contender import STAGES, Stage
from models.errors import UnknownName, UserError


def split(words: Sequence[str] | None) -> tuple[str, ...]:
    """Return the words between commas, without empty ones."""
    return tuple(part.strip() for word in words or () for part in word.split(",") if part.strip())


def numbers(option: str, words: Sequence[str], *, most: int, least: int = 1) -> tuple[int, ...]:
    """Return whole numbers from ``least`` to ``most``.

    Raises:
        UserError: one is not.
    """
    for word in words:
        if not word.isascii() or not word.isdigit() or not least <= int(word) <= most:
            problem = f"not a whole number from {least} to {most} (got {word!r})"
            raise UserError(option, problem, "Give numbers with commas.")
    return tuple(map(int, words))


def stages(words: Sequence[str]) -> tuple[Stage, ...]:
    """Return stages by their names.

    Raises:
        UnknownName: there is no such stage.
    """
    found: list[Stage] = []
    for word in words:
        known = next((stage for stage in STAGES if stage == word), None)
        if known is None:
            raise UnknownName("stage", word, STAGES)
        found.append(known)
    return tuple(found)
