"""Behind ``rct compare``: two reports of ``rct bench``, what changed between them, and whether anything got worse.

compared = run(Request(Path("before.json"), Path("after.json"), allow="5%"))
compared.regressions         # ("onnx int8, single_stream: slower by 12.0 % (9.1 to 15.0 %), allowed are 5 %",)
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import RenderableType

from benchmarks.latency.change import Differences, Parity, ParityChange, TimeChange
from benchmarks.latency.differences import differences
from benchmarks.latency.gate import blind, regressions
from benchmarks.latency.report_file import read_report
from models.errors import VerdictError
from toolchain.output import size_text
from toolchain.share import read_share
from toolchain.table import facts, table, title, verdict


@dataclass(frozen=True)
class Request:
    """What was asked of ``rct compare``; ``allow``: how much slower is no regression, as "5%" or "0.05"."""

    before: Path
    after: Path
    allow: str = "5%"
    any_machine: bool = False


@dataclass(frozen=True)
class Compared:
    """Two reports side by side; ``allowance`` is a share, ``ended`` a line for each report of a run that was ended."""

    request: Request
    allowance: float
    found: Differences
    ended: tuple[str, ...] = ()

    @property
    def regressions(self) -> tuple[str, ...]:
        """One line for each thing that got worse."""
        return regressions(self.found, self.allowance)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the comparison less sure than it looks, one line each."""
        return tuple(_warnings(self))


def run(request: Request) -> Compared:
    """Read and compare.

    Raises:
        OSError: a file cannot be read.
        UserError: a file is not a report of this version, the reports are of two machines, or ``allow`` is no share.
    """
    allowance = read_share("--allow", request.allow, "5% or 0.05")
    before, after = read_report(request.before), read_report(request.after)
    both = ((request.before, before), (request.after, after))
    ended = tuple(
        f"{path}: a run that was ended ({report.progress})." for path, report in both if report.partial is not None
    )
    return Compared(request, allowance, differences(before, after, any_machine=request.any_machine), ended)


def failed(compared: Compared) -> VerdictError:
    """Return the one line of a comparison that did not pass."""
    first, *others = compared.regressions
    more = f"; and {len(others)} more" if others else ""
    return VerdictError(compared.request.after, f"{first}{more}", "rct bench --why says where the time goes.")


def comparison_document(compared: Compared) -> dict[str, Any]:
    """Return everything as plain values: the differences, what was allowed, and what got worse."""
    judged = {"allowance": compared.allowance, "regressions": compared.regressions, "passed": not compared.regressions}
    return compared.found.model_dump(mode="json") | judged


def comparison_tables(compared: Compared) -> list[RenderableType]:
    """Return everything for a reader, narrow enough for 80 columns, the verdict last."""
    found = compared.found
    parts: list[RenderableType] = [facts([("A", str(compared.request.before)), ("B", str(compared.request.after))])]
    if found.times:
        columns = ("contender", "scenario", "A", "B", "B / A", "interval", "B is")
        parts += [
            title("times, with the 95 % interval of the ratio"),
            table(columns, [_time(one) for one in found.times], right={"A", "B", "B / A"}),
        ]
    if found.parity:
        heads = ("contender", "parity", "flips", "largest score difference")
        parts += [title("against the original, A → B"), table(heads, [_parity(one) for one in found.parity])]
    if found.sizes:
        rows = [(one.row, size_text(one.before), size_text(one.after)) for one in found.sizes]
        parts += [title("sizes"), table(("contender", "A", "B"), rows, right={"A", "B"})]
    if found.notes:
        parts += [title("notes"), facts([("", line) for line in found.notes])]
    lines = compared.regressions or (f"nothing got worse (time: by more than {100 * compared.allowance:g} %)",)
    parts.append(title("verdict"))
    parts.append(facts([("", verdict(not compared.regressions)), *(("", line) for line in lines)]))
    return parts


def _warnings(compared: Compared) -> Iterator[str]:
    found = compared.found
    yield from compared.ended
    if not found.same_machine:
        yield "A and B were made on two machines: the ratios are those of the machines, too."
    for which, reasons in found.noise.items():
        path = compared.request.before if which == "before" else compared.request.after
        for reason in reasons:
            yield f"{path}: a noisy run. {reason}"
    if unseen := blind(found, compared.allowance):
        more = f" and {len(unseen) - 1} more" if len(unseen) > 1 else ""
        allowed = f"{100 * compared.allowance:g} %"
        yield f"{unseen[0].label}{more}: too uncertain to see a change of {allowed}. Take more rounds."
    if not found.times:
        yield "no times were compared."


def _time(change: TimeChange) -> tuple[str, ...]:
    shown = _rate if change.scenario == "server" else _milliseconds
    batch = f", batch {change.batch}" if change.scenario == "offline" else ""
    high = "" if change.high is None else f"{change.high:.3f}"
    return (
        change.row,
        f"{change.scenario}{batch}",
        shown(change.before),
        shown(change.after),
        f"{change.ratio:.3f}",
        f"{change.low:.3f}…{high}",
        change.word,
    )


def _milliseconds(ns: float) -> str:
    ms = ns / 1e6
    digits = sum(ms < limit for limit in (99.95, 9.995, 0.9995))
    return f"{ms:.{digits}f} ms"


def _rate(per_second: float) -> str:
    return f"{per_second:.1f} /s"


def _parity(change: ParityChange) -> tuple[str, ...]:
    both = [_short(parity) for parity in (change.before, change.after)]
    return (change.row, *(f"{was} → {has}" for was, has in zip(*both, strict=True)))


def _short(parity: Parity | None) -> tuple[str, str, str]:
    if parity is None:
        return "-", "-", "-"
    off = "-" if parity.max_abs is None else f"{parity.max_abs:.2g}"
    return ("PASS" if parity.passed else "FAIL"), f"{parity.flips} of {parity.pictures}", off
