"""What is said between a run and its workers: one JSON document a line, a command in, a reply out.

A worker starts, is told to ``Load``, and says ``Ready``; then it answers ``Warm``, ``Measure``, ``Serve``, ``Score``
and ``Explain`` until its input ends. ``Failed`` is an answer too: the worker lives on.
"""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from benchmarks.latency.contender import Contender
from benchmarks.latency.report import Start, Subject
from benchmarks.latency.samples import Warmup
from benchmarks.why.document import Why
from models.document import Document


class Inputs(Document):
    """The pictures that queries are made of, in turn: files; the worker reads them before anything is timed."""

    pictures: tuple[str, ...] = Field(min_length=1)


class Load(Document):
    """The first command.

    ``started_ns``: ``perf_counter_ns`` of the run, just before it started the worker's process; that clock is one for
    all processes of a machine.
    """

    kind: Literal["load"] = "load"
    contender: Contender
    inputs: Inputs
    cores: tuple[int, ...] | None = None
    started_ns: int


class Warm(Document):
    """Run queries of ``batch`` pictures until their times have settled, or for ``seconds``."""

    kind: Literal["warm"] = "warm"
    batch: int
    seconds: float


class Measure(Document):
    """Time queries one after another: for ``seconds``, at least ``least`` and at most ``most`` of them."""

    kind: Literal["measure"] = "measure"
    batch: int
    seconds: float
    least: int
    most: int


class Serve(Document):
    """Time queries of one picture that arrive as a Poisson process of ``rate`` a second, ``count`` of them."""

    kind: Literal["serve"] = "serve"
    rate: float
    count: int
    seed: int


class Score(Document):
    """Score the pictures of the inputs from ``first`` on, ``count`` of them or all."""

    kind: Literal["score"] = "score"
    first: int = 0
    count: int | None = None


class Explain(Document):
    """Say where the time goes (benchmarks.why)."""

    kind: Literal["explain"] = "explain"


Command = Annotated[Load | Warm | Measure | Serve | Score | Explain, Field(discriminator="kind")]


class Ready(Document):
    """Loaded, and the first picture scored."""

    kind: Literal["ready"] = "ready"
    subject: Subject
    start: Start


class Warmed(Document):
    """The answer to ``Warm``."""

    kind: Literal["warmed"] = "warmed"
    warmup: Warmup


class Measured(Document):
    """The answer to ``Measure`` and ``Serve``: times in ns, the wall and processor time of all, and peak memory."""

    kind: Literal["measured"] = "measured"
    times_ns: tuple[int, ...]
    wall_ns: int
    cpu_ns: int
    peak_rss_bytes: int


class Scored(Document):
    """The answer to ``Score``: a row of scores for each of its pictures, None for what is not a finite number."""

    kind: Literal["scored"] = "scored"
    scores: tuple[tuple[float | None, ...], ...]


class Explained(Document):
    """The answer to ``Explain``."""

    kind: Literal["explained"] = "explained"
    why: Why


class Failed(Document):
    """It could not be done, and why, in one line."""

    kind: Literal["failed"] = "failed"
    reason: str


Reply = Annotated[Ready | Warmed | Measured | Scored | Explained | Failed, Field(discriminator="kind")]
COMMAND: TypeAdapter[Command] = TypeAdapter(Command)
REPLY: TypeAdapter[Reply] = TypeAdapter(Reply)
