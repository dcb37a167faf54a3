"""Shares on the command line: ``0.1%`` and ``0.001`` are the same."""

from models.errors import UserError


def read_share(option: str, text: str, example: str) -> float:
    """Return the share, 0 to 1, that ``option`` was given as ``text``; ``example`` is for whoever gave something else.

    Raises:
        UserError: it is not a share from 0 to 1.
    """
    word = text.strip()
    try:
        share = float(word.removesuffix("%")) / (100 if word.endswith("%") else 1)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise UserError(option, f"not a share (got {text})", f"Give it as {example}.")
    return share
