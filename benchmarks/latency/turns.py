"""Turns: every contender measured in every round, in an order that favours none, so that drift hits all alike.

orders(("a", "b"), 4)            # (("a", "b"), ("b", "a"), ("a", "b"), ("b", "a"))
samples = take_turns(field, plan, batch=1, progress, "single_stream")
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from time import sleep

from benchmarks.latency.plan import Plan
from benchmarks.latency.protocol import Measure, Measured, Warm, Warmed
from benchmarks.latency.samples import Samples, Warmup
from benchmarks.latency.scenarios import Field, Progress


def orders(names: Sequence[str], rounds: int) -> tuple[tuple[str, ...], ...]:
    """Return the order of each round: a balanced Latin square, again and again.

    Over a whole square each name stands at each place equally often, and follows each other name equally often.

    Source: E. J. Williams, Experimental designs balanced for the estimation of residual effects of treatments, 1949.
    """
    count = len(names)
    zigzag = [(place + 1) // 2 if place % 2 else (count - place // 2) % count for place in range(count)]
    square = [tuple(names[(step + shift) % count] for step in zigzag) for shift in range(count)]
    if count % 2 and count > 1:
        square += [row[::-1] for row in square]
    return tuple(islice(cycle(square), rounds)) if count else ()


def warm(field: Field, plan: Plan, batch: int, progress: Progress, what: str) -> dict[str, Warmup]:
    """Warm up every contender for queries of ``batch`` pictures."""
    found: dict[str, Warmup] = {}
    for index, name in enumerate(names := field.names):
        progress(f"{what}: warming up", done=index, total=len(names))
        reply = field.ask(name, Warm(batch=batch, seconds=plan.warmup_seconds), seconds=plan.warmup_seconds)
        if isinstance(reply, Warmed):
            found[name] = reply.warmup
    return found


def take_turns(
    field: Field,
    plan: Plan,
    batch: int,
    progress: Progress,
    what: str,
    before: Mapping[str, tuple[Samples, ...]] | None = None,
) -> dict[str, Samples]:
    """Warm up, then measure ``plan.rounds`` turns of each; return the samples of those that answered every time.

    After each round the field is given what there is, after what the scenario has from ``before``.
    """
    warmups = warm(field, plan, batch, progress, what)
    least = max(1, plan.least_queries // batch)
    command = Measure(batch=batch, seconds=plan.seconds, least=least, most=plan.most_queries)
    found: dict[str, list[Measured]] = defaultdict(list)

    def so_far() -> dict[str, Samples]:
        return {name: samples_of(found[name], batch, warmups[name]) for name in field.names}

    for done, order in enumerate(orders(field.names, plan.rounds)):
        progress(what, done=done, total=plan.rounds)
        for name in order:
            sleep(plan.pause_seconds)
            reply = field.ask(name, command, seconds=max(plan.seconds, (least + 1) * warmups[name].seconds_per_query))
            if isinstance(reply, Measured):
                found[name].append(reply)
        field.keep({name: (*(before or {}).get(name, ()), one) for name, one in so_far().items()})
    return so_far()


def samples_of(
    turns: Sequence[Measured],
    batch: int,
    warmup: Warmup | None,
    *,
    rate: float | None = None,
    bound_ns: int | None = None,
) -> Samples:
    """Return what was measured, a round for each turn; ``rate`` and ``bound_ns`` are those of the scenario server."""
    return Samples(
        batch=batch,
        rounds=tuple(turn.times_ns for turn in turns),
        cpu_ns=tuple(turn.cpu_ns for turn in turns),
        wall_ns=tuple(turn.wall_ns for turn in turns),
        warmup=warmup,
        rate=rate,
        bound_ns=bound_ns,
    )
