"""CSV and Parquet tables."""

import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.sources import source

table = source("table")


def test_a_manifest_of_files(read, write, tmp_path):
    path = write(
        "set/manifest.csv",
        "file,label,split,original_path,licence,sha256\r\n"
        'train/cartoon/a.jpg,cartoon,train,"usr/a, b.png",CC0-1.0,00\r\n'
        "val/photo/b.jpg,photo,valid,usr/b.png,CC-BY-4.0,01\r\n",
    )
    first, second = read("table", path, settings=["group=original_path", "categories=cartoon", "source=licence"]).items
    assert (first.key, first.file) == ("train/cartoon/a.jpg", str(tmp_path / "set/train/cartoon/a.jpg"))
    assert (first.urls, first.group, first.split, first.licence) == ((), "usr/a, b.png", "train", "CC0-1.0")
    assert (first.labels, second.labels) == ({"cartoon": True}, {"cartoon": False})
    assert (second.split, second.source) == ("val", "CC-BY-4.0")


def test_every_column_may_have_another_name(read, write):
    digest = hashlib.md5(b"x")
    rows = ["id\tlink\tadult\tgore\twho\trights\tpage\tsum\tturn\tpart"]
    rows += [f"7\thttps://a.example/1.jpg\tyes\t0.0\tann\tCC0\thttps://a.example/1\t{digest.hexdigest()}\t90.0\ttest"]
    names = (
        "key=id url=link yes_no=adult,gore author=who licence=rights landing_page=page md5=sum rotation=turn split=part"
    )
    (item,) = read("table", write("t.tsv", rows), settings=names.split()).items
    assert (item.key, item.urls, item.labels) == ("7", ("https://a.example/1.jpg",), {"adult": True, "gore": False})
    assert (item.author, item.licence, item.landing_page) == ("ann", "CC0", "https://a.example/1")
    assert (item.md5, item.rotation, item.split) == (digest.hexdigest(), 90, "test")


def test_what_a_row_says_wrongly_is_counted_and_the_row_kept_or_left_out(read, write):
    path = write(
        "t.csv",
        b"url;label;md5;rotation;split;odd\n"
        b"https://a.example/1;x;zz;45;tomorrow;maybe\n"
        b"no address;x;;;;\n"
        b"https://a.example/1;x;;;;\n"
        b"https://a.example/2;x;;\n"
        b"\n"
        b"https://a.example/\xff;x;;;;\n"
        b"https://a.example/3;x;;;;unknown\n",
    )
    found = read("table", path, settings=["yes_no=odd"])
    assert [item.key for item in found.items] == ["https://a.example/1", "https://a.example/3"]
    assert (found.items[0].md5, found.items[0].rotation, found.items[0].split) == ("", 0, "")
    assert [item.labels for item in found.items] == [{"x": True}] * 2
    assert found.problems == dict.fromkeys(
        [
            "neither yes nor no",
            "neither train, val nor test",
            "an MD5 that is none",
            "a rotation that is none",
            "neither a file nor an address",
            "a key again",
            "wrong number of fields",
            "not UTF-8",
        ],
        1,
    )
    assert found.places["wrong number of fields"] == ["t.csv:5"]
    assert found.places["not UTF-8"] == ["t.csv:7"]


def test_a_field_without_an_end(read, write):
    rows = [
        "url,label",
        'https://a.example/1,"open',
        *(["https://a.example/2,x" * 10] * 1000),
        'https://a.example/3,"x"',
    ]
    found = read("table", write("t.csv", rows))
    assert [item.key for item in found.items] == ["https://a.example/3"]
    assert found.places["not CSV"] == ["t.csv:2"]
    assert set(found.problems) <= {"not CSV", "wrong number of fields"}


def test_parquet_reads_as_csv_does(read, write, tmp_path):
    columns = {
        "url": ["https://a.example/1", "https://a.example/2", None],
        "label": pa.array(["x", None, "y"]).dictionary_encode(),
        "cartoon": [True, False, None],
        "rotation": [90, 0, None],
        "tags": [["a"], [], None],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    found = read("table", tmp_path / "t.parquet", settings=["yes_no=cartoon"])
    assert [(item.key, item.labels, item.rotation) for item in found.items] == [
        ("https://a.example/1", {"x": True, "cartoon": True}, 90),
        ("https://a.example/2", {"cartoon": False}, 0),
    ]
    assert found.places == {"neither a file nor an address": ["t.parquet:3"]}
    with pytest.raises(UserError, match=r"t.parquet: the column tags holds more than one value a row"):
        read("table", tmp_path / "t.parquet", settings=["label=tags"])


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        ("url,label,url\n", [], "two columns are named url. Rename one."),
        ("link,label\n", [], r"no column of files or addresses \(got link, label\). Name one with --set file="),
        ("url,labels\n", ["label=label_s"], "no 'label_s' in it. Did you mean labels?"),
        (
            "url,label\nhttps://a.example/1,comic\n",
            ["categories=comics"],
            "nothing is labelled 'comics'. Did you mean c",
        ),
        ("url,label\nhttps://a.example/1,x\n", ["categories=adult"], "nothing is labelled 'adult'. There is x."),
        ('"link', [], "no column of files or addresses"),
        ("", [], "an empty file"),
        (b"PAR1, but not really", [], "a damaged Parquet file"),
        (b"na\xefve,url\n", [], "its heading is not UTF-8"),
    ],
)
def test_tables_that_are_refused(read, write, content, settings, message):
    with pytest.raises(UserError, match=message):
        read("table", write("t.csv", content), settings=settings)


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"url,label\n", b"\xef\xbb\xbffile\tmd5\r\n", b"PAR1"]))
def test_any_bytes_at_all_are_items_problems_or_one_line(tmp_path_factory, content, heading):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(heading + content)
    items, said = [], ""
    try:
        items = list(table.read([path], table.Settings(), Problems()))
    except UserError as error:
        said = str(error)
    assert len({item.key for item in items}) == len(items)
    assert "\n" not in said
