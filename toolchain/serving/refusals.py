"""Why a picture was not scored: one name, one HTTP status and one sentence each.

raise Refused("too_large", "the body has more than 10,000,000 bytes")
"""

from types import MappingProxyType
from typing import Literal

Reason = Literal[
    "slow_body", "too_large", "wrong_type", "unreadable", "overloaded", "failed", "timed_out", "hung_up", "no_such_call"
]

STATUS = MappingProxyType[Reason, int](
    {
        "slow_body": 408,
        "too_large": 413,
        "wrong_type": 415,
        "unreadable": 422,
        "overloaded": 503,
        "failed": 503,
        "timed_out": 504,
        "hung_up": 499,  # nobody reads it; the number is for the log
    }
)
"""The status of each reason; that of ``no_such_call`` is whatever the router says."""


class Refused(Exception):  # noqa: N818  an answer, not an error of the program
    """A request that ends without scores; ``problem`` is a sentence for whoever sent it, without its full stop."""

    def __init__(self, reason: Reason, problem: str) -> None:
        self.reason = reason
        self.problem = problem
        super().__init__(problem)
