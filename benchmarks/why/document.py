"""What was found about one contender's time, and about the machine's limit."""

from pydantic import Field

from models.document import Document


class OperatorTime(Document):
    """One kind of operator in a runtime's own profile: how many nodes, and its share of the operators' time."""

    operator: str
    nodes: int = Field(ge=0)
    share: float = Field(ge=0, le=1)


class Why(Document):
    """``operators``: the largest share first. ``profiler``: whose words they are.

    ``float_islands``: groups of float nodes between quantized ones; ``transposes``: changes of layout left in the
    graph; both in the graph as the runtime optimized it, None where that cannot be seen. ``notes``: what a reader
    should know, one sentence each.
    """

    operators: tuple[OperatorTime, ...] = ()
    profiler: str = ""
    float_islands: int | None = None
    transposes: int | None = None
    notes: tuple[str, ...] = ()


class Peak(Document):
    """Measured arithmetic peaks of the machine, in multiply-accumulates a second with ``threads`` threads.

    ``how``: what was run to measure them. None is what could not be measured.
    """

    threads: int = Field(gt=0)
    fp32_macs_per_second: float | None = None
    int8_macs_per_second: float | None = None
    how: str = ""
