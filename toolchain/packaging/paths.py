"""Which paths a package may have: those that mean the same file on every system, below the package and nowhere else."""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

_FORBIDDEN = frozenset('\\:*?"<>|')
_LONGEST = 240


def path_problem(path: str) -> str:
    """Return what is wrong with a path, empty where nothing is.

    Parts are of printable ASCII with ``/`` between them; none is empty, ``.`` or ``..``, or ends with a space or a full
    stop, and none has a character that has a meaning in a path of Windows.
    """
    if not path or len(path) > _LONGEST:
        return "is empty" if not path else f"is longer than {_LONGEST} characters"
    if path.startswith("/") or ":" in path:
        return "is not relative"
    parts = path.split("/")
    if ".." in parts:
        return "leads out"
    if any(not part or part[-1] in ". " for part in parts):
        return "has a part that is empty or ends with a full stop or a space"
    if any(not 32 <= ord(character) < 127 or character in _FORBIDDEN for character in path):
        return "has a character that not every system allows"
    return ""


def paths_problem(paths: Iterable[str]) -> str:
    """Return what is wrong with the paths of one package, with the path; empty where nothing is.

    Besides ``path_problem``: no two may differ in case alone, and none may be both a file and a folder.
    """
    paths = sorted(paths)
    for path in paths:
        if problem := path_problem(path):
            return f"a path {problem} (got {path[:80]!r})"
    folded = [path.casefold() for path in paths]
    twice = [path for path, count in Counter(folded).items() if count > 1]
    if twice:
        return f"a path is there twice (got {twice[0][:80]!r})"
    folders = {folder for path in folded for folder in _folders(path)}
    both = sorted(folders.intersection(folded))
    return f"a path is a file and a folder (got {both[0][:80]!r})" if both else ""


def _folders(path: str) -> Iterable[str]:
    return accumulate(path.split("/")[:-1], lambda above, part: f"{above}/{part}")
