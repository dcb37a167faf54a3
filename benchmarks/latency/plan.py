"""How it is timed: scenarios, how often, in which order, and when to give up."""

from pydantic import Field

from models.document import Document


class Plan(Document):
    """What holds for every contender of a run.

    ``scenarios``: modules of benchmarks.latency.scenarios. ``rounds``: turns that each contender gets; ``seconds``: how
    long a turn lasts at most, in single_stream, multi_stream and each batch size of offline. ``least_queries`` and
    ``most_queries`` of a turn; of queries of several pictures the fewest are fewer, for as many pictures. ``batches``:
    pictures in a query of offline. ``latency_bound_ms``: what the 99th percentile of the scenario server has to keep;
    None leaves the scenario out. ``cores``: those that the workers are pinned to, None for any. ``pause_seconds``:
    between two turns, for the threads of the one before may still wait by spinning (those of ONNX Runtime for 30 ms).
    ``warmup_seconds``: most seconds of warm-up. ``timeout_seconds``: after that long without an answer a worker is
    killed; loading may take ``load_timeout_seconds``. ``explain``: look for reasons.
    """

    scenarios: tuple[str, ...] = ("single_stream",)
    rounds: int = Field(default=12, ge=6)
    seconds: float = Field(default=1.0, gt=0)
    least_queries: int = Field(default=8, gt=0)
    most_queries: int = Field(default=5000, gt=0)
    batches: tuple[int, ...] = (1, 8, 32)
    latency_bound_ms: float | None = Field(default=None, gt=0)
    cores: tuple[int, ...] | None = None
    pause_seconds: float = Field(default=0.1, ge=0)
    seed: int = Field(default=0, ge=0)
    warmup_seconds: float = Field(default=10.0, gt=0)
    timeout_seconds: float = Field(default=60.0, gt=0)
    load_timeout_seconds: float = Field(default=180.0, gt=0)
    explain: bool = False
