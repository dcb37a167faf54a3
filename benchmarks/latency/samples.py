"""Raw times of one contender, as they were taken; whatever is said of them is derived.

samples = Samples(batch=1, rounds=((5_100_000, 5_070_000), (5_090_000, 5_110_000)), cpu_ns=(10_000_000, 10_100_000))
samples.count                    # 4
samples.pictures_per_second      # 196.3
"""

from pydantic import Field, model_validator

from models.document import Document


class Warmup(Document):
    """What went before the first sample: queries, seconds, and whether the times had settled (benchmarks' warmup)."""

    queries: int = Field(ge=0)
    seconds: float = Field(ge=0)
    settled: bool

    @property
    def seconds_per_query(self) -> float:
        """How long a query took, on average; 0 if there was none."""
        return self.seconds / max(1, self.queries)


class Samples(Document):
    """Times of queries of ``batch`` pictures, in nanoseconds, by the round in which they were taken.

    ``cpu_ns``: processor time of the whole process, all threads, for each round's queries together. ``wall_ns``: time
    from the start of a round's first query to the end of its last, for each round. In the scenario server a time is
    counted from the scheduled arrival to the answer, ``rate`` is the number of arrivals a second and ``bound_ns`` what
    the 99th percentile had to keep; elsewhere both are None and a time is that of the query alone.
    """

    batch: int = Field(gt=0)
    rounds: tuple[tuple[int, ...], ...] = Field(min_length=1)
    cpu_ns: tuple[int, ...]
    wall_ns: tuple[int, ...]
    warmup: Warmup | None = None
    rate: float | None = Field(default=None, gt=0)
    bound_ns: int | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _as_many(self) -> "Samples":
        if not len(self.rounds) == len(self.cpu_ns) == len(self.wall_ns):
            raise ValueError("as many cpu_ns and wall_ns as rounds")
        if not all(self.rounds):
            raise ValueError("a round without a sample")
        if any(time <= 0 for one in self.rounds for time in one):
            raise ValueError("a time that is not above 0")
        return self

    @property
    def count(self) -> int:
        """How many queries were timed."""
        return sum(map(len, self.rounds))

    @property
    def pictures_per_second(self) -> float:
        """Pictures answered, over the wall-clock time of the rounds."""
        return self.batch * self.count / (sum(self.wall_ns) / 1e9)
