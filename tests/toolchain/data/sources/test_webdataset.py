"""Shards of a WebDataset."""

import io
import json
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import UserError
from toolchain.data.problems import Problems
from toolchain.data.sources import source

webdataset = source("webdataset")


def shard(path, files, mode="w"):
    with tarfile.open(path, mode) as tar:
        for name, content in files:
            data = json.dumps(content).encode() if isinstance(content, dict) else content
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def test_files_of_one_name_are_one_picture(read, tmp_path):
    facts = {"label": "cartoon", "group": "album 1", "licence": "CC0-1.0", "rotation": 90, "split": "val"}
    shard(tmp_path / "a-000.tar", [("./x/0001.JPG", b"first"), ("./x/0001.json", facts), ("./x/0001.txt", b"caption")])
    shard(tmp_path / "a-001.tar", [("0001.cls", b"1\n"), ("0001.webp", b"second"), ("0002.png", b"third")])
    found = read("webdataset", tmp_path, settings=["classes=cartoon,photo", "categories=cartoon"])
    assert [(item.key, item.labels) for item in found.items] == [
        ("a-000/x/0001", {"cartoon": True}),
        ("a-001/0001", {"cartoon": False}),
        ("a-001/0002", {}),
    ]
    one = found.items[0]
    assert (one.group, one.licence, one.rotation, one.split) == ("album 1", "CC0-1.0", 90, "val")
    assert found.problems == {}
    for item, content in zip(found.items, [b"first", b"second", b"third"], strict=True):
        first, size = item.part
        assert Path(item.file).read_bytes()[first : first + size] == content


def test_what_is_wrong_is_counted(read, tmp_path):
    files = [
        ("1.json", b"{"), ("1.png", b"."), ("2.json", b"[1]"), ("2.png", b"."), ("3.cls", b"7"), ("3.png", b"."),
        ("4.json", {"label": "x"}), ("5.png", b"."), ("5.jpg", b"."), ("6.cls", b"x"), ("6.png", b"."), ("7.cls", b""),
        ("7.png", b"."), ("8.json", b"\xff"), ("8.png", b"."), ("1.png", b"."),
        ("9.json", b"[" * 100_000), ("9.png", b"."),
    ]  # fmt: skip
    found = read("webdataset", shard(tmp_path / "s.tar", files))
    assert [item.key for item in found.items] == ["s/1", "s/2", "s/3", "s/6", "s/7", "s/8", "s/9"]
    assert [item.labels for item in found.items if item.labels] == [{"x": True}]
    assert found.problems == {
        "not a JSON object": 4,
        "a class number without a name": 1,
        "no picture": 1,
        "more than one picture": 1,
        "an empty class": 1,
        "a key again": 1,
    }


@pytest.mark.parametrize("damage", ["cut in a picture", "cut in a header", "a header overwritten"])
def test_a_damaged_shard_gives_what_lies_before(read, tmp_path, damage):
    path = shard(tmp_path / "s.tar", [("1.png", b"." * 600), ("2.png", b"." * 600)])
    content = bytearray(path.read_bytes())
    second = 512 + 1024
    match damage:
        case "cut in a picture":
            del content[second + 512 + 10 :]
        case "cut in a header":
            del content[second + 100 :]
        case _:
            content[second : second + 512] = b"x" * 512
    path.write_bytes(content)
    found = read("webdataset", path)
    assert found.items[0].key == "s/1"
    assert found.problems == {"a shard that is damaged from here on": 1}


def test_links_are_no_pictures(read, tmp_path):
    path = shard(tmp_path / "s.tar", [("1.png", b".")])
    with tarfile.open(path, "a") as tar:
        link = tarfile.TarInfo("2.png")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(link)
    assert [item.key for item in read("webdataset", path).items] == ["s/1"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda path: shard(path, [("1.png", b".")], "w:gz"),
            r"not a tar file, or compressed. Unpack it to a plain .tar.",
        ),
        (lambda path: path.write_text("no"), "not a tar file, or compressed"),
        (lambda path: path.mkdir(), r"no shard in this folder. Looked for \*.tar."),
        (str, "no such shard"),
    ],
)
def test_what_is_no_shard(read, tmp_path, make, message):
    make(tmp_path / "s.tar")
    with pytest.raises(UserError, match=rf"s.tar: {message}"):
        read("webdataset", tmp_path / "s.tar")


@settings(deadline=None)
@given(st.binary(max_size=700), st.integers(0, 2000))
def test_any_damage_is_a_problem_or_one_line(tmp_path_factory, content, place):
    path = tmp_path_factory.getbasetemp() / "any.tar"
    whole = bytearray(shard(path, [("1.png", b"." * 600), ("1.json", {"label": "x"})]).read_bytes())
    whole[place : place + len(content)] = content
    path.write_bytes(whole)
    said = ""
    try:
        list(webdataset.read([path], webdataset.Settings(), Problems()))
    except UserError as error:
        said = str(error)
    assert "\n" not in said
