"""What came of a scoring, counted from its shards."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from models.document import Document
from models.errors import VerdictError
from models.spec import SEVERITY
from toolchain.scoring.plan import Plan, shard_name


class Summary(Document):
    """A scoring.

    Attributes:
        folder: where the shards are.
        pictures: inputs that have a row.
        verdicts: how many rows have which; a picture that could not be read is one to review.
        errors: how many rows have an error of which kind.
        shards: how many there are.
        scored: inputs that this run did; the others were done before.
        seconds: that this run took, from the start of the first process on.
        lost: shards that could not be written, and why.
        damaged: inputs that are cut or broken, so that nobody knows how many pictures are missing.
    """

    schema_version: Literal["rct.score/1"] = "rct.score/1"
    folder: str
    pictures: int
    verdicts: dict[str, int]
    errors: dict[str, int]
    shards: int
    scored: int
    seconds: float
    lost: tuple[str, ...] = ()
    damaged: int = 0

    def lines(self) -> list[str]:
        """Return the counts for a reader."""
        counts = ", ".join(f"{count:,} {verdict}" for verdict, count in self.verdicts.items())
        rate = f"{self.scored / self.seconds:.1f}/s" if self.seconds and self.scored else "nothing left to do"
        noun = f"picture{'' if self.pictures == 1 else 's'} in {self.shards:,} shard{'' if self.shards == 1 else 's'}"
        found = [f"{self.pictures:,} {noun}: {counts}; {rate}."]
        found += [f"not read: {count:,} {kind}" for kind, count in self.errors.items()]
        return found


def summarise(folder: Path, plan: Plan, scored: int, seconds: float, lost: Sequence[str], damaged: int = 0) -> Summary:
    """Count the rows of the shards that are there, one shard in memory at a time."""
    import pyarrow.parquet as pq

    verdicts, errors, shards = Counter[str](), Counter[str](), 0
    for path in (folder / shard_name(unit) for unit in range(plan.units)):
        if not path.is_file():
            continue
        shards += 1
        table = pq.read_table(path, columns=["verdict", "error_kind"])
        verdicts.update(table["verdict"].to_pylist())
        errors.update(kind for kind in table["error_kind"].to_pylist() if kind)
    return Summary(
        folder=str(folder),
        pictures=verdicts.total(),
        verdicts={verdict: verdicts[verdict] for verdict in SEVERITY},
        errors=dict(sorted(errors.items(), key=lambda pair: (-pair[1], pair[0]))),
        shards=shards,
        scored=scored,
        seconds=round(seconds, 3),
        lost=tuple(lost),
        damaged=damaged,
    )


def check(summary: Summary) -> None:
    """Refuse a scoring that is not whole.

    Raises:
        VerdictError: a shard could not be written, or an input was damaged.
    """
    if summary.lost:
        count = len(summary.lost)
        raise VerdictError(
            summary.folder,
            f"{count} shard{'' if count == 1 else 's'} could not be written (got {summary.lost[0]})",
            "Run it again with fewer --workers.",
        )
    if summary.damaged:
        shards = "1 WebDataset shard is" if summary.damaged == 1 else f"{summary.damaged} WebDataset shards are"
        raise VerdictError(
            summary.folder,
            f"{shards} damaged, and what was behind the damage is not scored",
            "Get it again, and score it.",
        )
