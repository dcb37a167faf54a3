"""The ledger of a dataset."""

import dataclasses
import weakref

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from toolchain.data.item import Item
from toolchain.data.ledger import Entry, ledger_schema, read_ledger, write_ledger

FULL = Entry(
    key="1",
    source="table",
    url="https://a.example/1.jpg",
    detail="a détail",
    file="pictures/aa/aa.jpg",
    sha256="a" * 64,
    bytes=5_000_000_000,
    format="jpeg",
    width=640,
    height=480,
    labels={"violence": True, "adult": False},
    group="album 1",
    md5="b" * 32,
    rotation=270,
    split="val",
    licence="CC0-1.0",
    author="Ann",
    landing_page="https://a.example/1",
)


def test_what_is_written_is_read(tmp_path):
    entries = [FULL, Entry("2", "table", status="http 404")]
    path = write_ledger(tmp_path / "set", entries)
    assert path == tmp_path / "set" / "ledger.parquet"
    assert list(read_ledger(path.parent)) == list(read_ledger(path)) == entries
    assert [one.name for one in path.parent.iterdir()] == ["ledger.parquet"]


def test_other_programs_read_it(tmp_path):
    write_ledger(tmp_path, [FULL])
    (row,) = pq.read_table(tmp_path / "ledger.parquet").to_pylist()
    assert dict(row.pop("labels")) == {"adult": False, "violence": True}
    assert row == {name: value for name, value in dataclasses.asdict(FULL).items() if name != "labels"}


def test_the_same_rows_are_the_same_bytes_whatever_the_order_of_labels(tmp_path):
    other = dataclasses.replace(FULL, labels=dict(reversed(FULL.labels.items())))
    assert list(other.labels) != list(FULL.labels)
    first, second = (write_ledger(tmp_path / name, [entry]) for name, entry in (("a", FULL), ("b", other)))
    assert first.read_bytes() == second.read_bytes()


def test_many_rows_stay_in_order_and_are_let_go(tmp_path):
    count, alive, most = 10_000, [], 0

    def entries():
        nonlocal most
        for number in range(count):
            entry = Entry(str(number), "table")
            alive.append(number)
            weakref.finalize(entry, alive.pop)
            most = max(most, len(alive))
            yield entry

    write_ledger(tmp_path, entries())
    assert most < count / 2
    assert [entry.key for entry in read_ledger(tmp_path)] == [str(number) for number in range(count)]
    assert pq.ParquetFile(tmp_path / "ledger.parquet").num_row_groups > 1


def test_a_writing_that_fails_leaves_the_ledger_that_was_there(tmp_path):
    def failing():
        yield Entry("2", "table")
        raise RuntimeError("the source broke")

    path = write_ledger(tmp_path, [FULL])
    before = path.read_bytes()
    with pytest.raises(RuntimeError, match="the source broke"):
        write_ledger(tmp_path, failing())
    assert path.read_bytes() == before


def test_no_rows_at_all(tmp_path):
    write_ledger(tmp_path, [])
    assert list(read_ledger(tmp_path)) == []


def test_an_entry_has_what_an_item_says():
    shared = {field.name for field in dataclasses.fields(Item)} - {"urls", "part", "md5_of"}
    assert shared <= {field.name for field in dataclasses.fields(Entry)}
    assert ledger_schema().names == [field.name for field in dataclasses.fields(Entry)]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (str, "no such ledger. Make one with rct data fetch."),
        (lambda path: path.write_bytes(b"PAR1 no"), "damaged, or not a Parquet file"),
        (lambda path: path.write_bytes(b""), r"\. Give the command that made it again: what was fetched stays\.$"),
        (lambda path: pq.write_table(pa.table({"key": ["1"]}), path), r"not a ledger \(got no column source\)"),
    ],
)
def test_what_is_no_ledger(tmp_path, make, message):
    make(tmp_path / "ledger.parquet")
    with pytest.raises(UserError, match=message):
        list(read_ledger(tmp_path / "ledger.parquet"))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.builds(Entry, texts, texts, labels=st.dictionaries(texts, st.booleans(), max_size=3), group=texts)))
def test_any_text_survives(tmp_path_factory, entries):
    folder = tmp_path_factory.getbasetemp() / "any ledger"
    write_ledger(folder, entries)
    assert list(read_ledger(folder)) == entries


def test_a_picture_without_its_file_is_one_line(tmp_path):
    write_rows(tmp_path, {"file": None})
    with pytest.raises(UserError) as error:
        list(read_ledger(tmp_path))
    assert "a row with a picture and without its file (got a)." in str(error.value)


def test_labels_of_another_type_are_one_line(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pylist([dict.fromkeys(ledger_schema().names, "red")])
    pq.write_table(table, tmp_path / "ledger.parquet")
    with pytest.raises(UserError, match=r"labels: not a map of names to yes or no \(got string\)\."):
        list(read_ledger(tmp_path))


def test_nulls_are_not_said_and_not_known(tmp_path):
    write_rows(tmp_path, {"group": None, "labels": None}, {"labels": [("red", None), ("blue", True)]})
    first, second = read_ledger(tmp_path)
    assert (first.group, first.labels, second.labels) == ("", {}, {"blue": True})


def write_rows(folder, *changes):
    """Write a ledger with a row of each of the changes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    plain = {"key": "a", "source": "x", "status": "ok", "file": "a.png", "labels": [("red", True)]}
    rows = [plain | changed for changed in changes]
    pq.write_table(pa.Table.from_pylist(rows, schema=ledger_schema()), folder / "ledger.parquet")
