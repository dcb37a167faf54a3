"""The plan on disk: any unit of it comes back, and memory does not grow with it."""

import subprocess
import sys

import pytest

from toolchain.scoring.plan import read_unit, rows_per_shard, write_plan
from toolchain.scoring.reference import Reference

_PROGRAM = """
import resource, sys
from pathlib import Path
from toolchain.scoring.plan import read_unit, write_plan
from toolchain.scoring.reference import Reference

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

def write(count):
    rows = (Reference(f"https://example.org/{number:0100}.jpg", url=f"{number:0100}") for number in range(count))
    return write_plan(Path(sys.argv[1]), rows, 4096)

write(20_000)
before = peak()
plan = write(100_000)
assert read_unit(Path(sys.argv[1]), 4096, 24)[-1].url == f"{99_999:0100}"
print(peak() - before)
"""


def test_memory_does_not_grow_with_the_inputs(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "plan")], capture_output=True, text=True, check=True
    )
    unit = 1024 if sys.platform != "darwin" else 1
    assert int(done.stdout) * unit < 16_000_000  # the references alone would be 50 MB


@pytest.mark.parametrize("rows", [1, 7, 1024, 1500, 5000])
def test_units_are_the_references_in_their_order(tmp_path, rows):
    references = [Reference(f"{number}", file=f"/\udcff{number}", start=number) for number in range(3000)]
    plan = write_plan(tmp_path / "plan", references, rows)
    assert sum(plan.rows(unit) for unit in range(plan.units)) == 3000
    for unit in {0, plan.units // 2, plan.units - 1}:
        assert read_unit(tmp_path / "plan", rows, unit) == references[unit * rows : (unit + 1) * rows]


def test_the_digest_tells_plans_apart(tmp_path):
    def digest(*references):
        return write_plan(tmp_path / "plan", references, None).digest

    one, other = Reference("a", file="/a", stamp=1), Reference("b", file="/b", stamp=1)
    assert digest(one, other) == digest(one, other)
    assert len({digest(one, other), digest(other, one), digest(one), digest(Reference("a", file="/a", stamp=2))}) == 4


@pytest.mark.parametrize(("inputs", "rows"), [(1, 32), (2048, 32), (6400, 100), (10_000_000, 4096)])
def test_a_shard_is_neither_tiny_nor_huge(inputs, rows):
    assert rows_per_shard(inputs) == rows
