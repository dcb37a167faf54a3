"""What of the differences between two reports is a regression, in words.

regressions(differences(before, after), allowance=0.05)
# ("onnx int8, single_stream: slower by 12.0 % (9.1 to 15.0 %), allowed are 5 %",)
"""

from collections.abc import Iterator

from benchmarks.latency.change import Differences, ParityChange, TimeChange


def regressions(found: Differences, allowance: float = 0.05) -> tuple[str, ...]:
    """Return one line for each regression; none is a pass.

    A time is one if the whole interval of its ratio is above 1 + ``allowance``: slower beyond noise, and beyond what is
    allowed. Parity is one if it passed before and failed or was not looked at now; a row, or what it had in a scenario
    that was asked for again, if it is not there any more.
    """
    return (*_lost(found), *_parity(found), *_slower(found, allowance))


def blind(found: Differences, allowance: float = 0.05) -> tuple[TimeChange, ...]:
    """Return what could have got slower by ``allowance`` with nobody the wiser: the interval is wider than that."""
    return tuple(
        one
        for one in found.times
        if one.word == "can't tell" and (one.high is None or one.high / one.ratio > 1 + allowance)
    )


def _slower(found: Differences, allowance: float) -> Iterator[str]:
    for one in found.times:
        if one.low > 1 + allowance:
            bounds = f"{_more(one.low)} % or more" if one.high is None else f"{_more(one.low)} to {_more(one.high)} %"
            yield f"{one.label}: slower by {_more(one.ratio)} % ({bounds}), allowed are {100 * allowance:g} %"


def _parity(found: Differences) -> Iterator[str]:
    for one in found.parity:
        if one.before is not None and one.before.passed and (one.after is None or not one.after.passed):
            yield f"{one.row}: {_worse(one)}"


def _worse(change: ParityChange) -> str:
    if change.after is None:
        return "parity passed in A and was not looked at in B"
    flips = f"{change.after.flips} decisions of {change.after.pictures} pictures flipped"
    return f"parity passed in A and fails in B ({flips})"


def _lost(found: Differences) -> Iterator[str]:
    for one in found.lost:
        yield f"{one.row}: failed in B ({one.failed.rstrip('.')})" if one.failed else f"{one.row}: is not in B"
    for gone in found.missing:
        what = "no rate holds the bound" if gone.scenario == "server" else f"batch {gone.batch} was not timed"
        yield f"{gone.row}, {gone.scenario}: {what} in B, and was in A"


def _more(ratio: float) -> str:
    return f"{100 * (ratio - 1):.1f}"
