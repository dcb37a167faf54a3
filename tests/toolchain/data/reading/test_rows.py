"""Tables, a row at a time."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.reading.rows import is_parquet, read_columns, read_rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_and_rows(tmp_path, delimiter):
    path = tmp_path / "t.csv"
    rows = [["a", " b ", "c"], ["1", '"x, ""y"";\tz\n"', " 3 "], ["", "", ""]]
    path.write_text("\r\n".join(delimiter.join(row) for row in rows), "utf-8-sig", newline="")
    assert read_columns(path) == ("a", "b", "c")
    problems = Problems()
    assert list(read_rows(path, ("c", "b"), problems)) == [
        ("t.csv:2", {"c": "3", "b": 'x, "y";\tz'}),
        ("t.csv:4", {"c": "", "b": ""}),
    ]
    assert problems.counts == {}


def test_every_kind_of_value_in_parquet_is_text(tmp_path):
    path = tmp_path / "t.parquet"
    columns = {
        "text": [" a ", None],
        "number": [7, None],
        "share": [0.5, None],
        "yes": [True, False],
        "raw": [b"x\xff", None],
        "day": [dt.date(2026, 1, 2), None],
    }
    pq.write_table(pa.table(columns), path)
    assert is_parquet(path)
    assert read_columns(path) == tuple(columns)
    (first, one), (_, two) = read_rows(path, tuple(columns), Problems())
    assert first == "t.parquet:1"
    assert one == {"text": "a", "number": "7", "share": "0.5", "yes": "1", "raw": "x\ufffd", "day": "2026-01-02"}
    assert two == {**dict.fromkeys(columns, ""), "yes": "0"}


def test_a_parquet_file_that_is_damaged_inside(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": [f"value {number}" for number in range(5000)]}), path, compression="zstd")
    content = bytearray(path.read_bytes())
    content[100:400] = b"\xff" * 300
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"t.parquet: a damaged Parquet file"):
        list(read_rows(path, ("a",), Problems()))
