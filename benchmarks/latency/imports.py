"""How long importing takes, wherever it happens: the frameworks import themselves inside of functions.

with counting_imports() as imports:
    import onnxruntime
imports.ns
"""

import builtins
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Any


@dataclass
class ImportTime:
    """Nanoseconds that went into import statements, those inside of others counted once."""

    ns: int = 0


@contextmanager
def counting_imports() -> Iterator[ImportTime]:
    """Count until the context ends; for the thread that does the importing, while no other does."""
    found, plain, depth = ImportTime(), builtins.__import__, 0

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal depth
        depth += 1
        began = perf_counter_ns()
        try:
            return plain(*arguments, **named)
        finally:
            depth -= 1
            if depth == 0:
                found.ns += perf_counter_ns() - began

    builtins.__import__ = counted
    try:
        yield found
    finally:
        builtins.__import__ = plain
