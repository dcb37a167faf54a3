"""Lists of addresses."""

import pytest

from models.errors import UserError


def test_each_address_is_an_item_and_everything_else_is_counted(read, write):
    path = write(
        "urls.txt",
        b"\xef\xbb\xbfhttps://a.example/1.jpg\r\n\r\n# a remark\n  http://b.example:8080/x y.jpg\n"
        b"ftp://a.example/2.jpg\nhttps://a.example/1.jpg\nhttp://c.example/\xff.jpg\nwww.d.example/3.jpg\n"
        b"https://[oh/4.jpg\nhttps://e.example/5.jpg?size=b",
    )
    found = read("url-list", path)
    assert [item.key for item in found.items] == ["https://a.example/1.jpg", "https://e.example/5.jpg?size=b"]
    assert [item.urls for item in found.items] == [(item.key,) for item in found.items]
    assert found.problems == {
        "not an address that begins with http:// or https://": 4,
        "an address again": 1,
        "not UTF-8": 1,
    }
    assert found.places["an address again"] == ["urls.txt:6"]


def test_what_is_said_of_all_of_them(read, write):
    path = write("urls.txt", ["https://A.example/album/1.jpg?x=/", "https://b.example/2.jpg"])
    given = ["yes=adult", "no=cartoon, medical", "split=train", "licence=CC0-1.0"]
    first, second = read("url-list", path, settings=[*given, "group=parent"]).items
    assert first.labels == {"adult": True, "cartoon": False, "medical": False}
    assert (first.split, first.licence) == ("train", "CC0-1.0")
    assert (first.group, second.group) == ("https://A.example/album", "https://b.example")
    assert [one.group for one in read("url-list", path, settings=["group=host"]).items] == ["a.example", "b.example"]


def test_a_yes_that_is_a_no(read, write):
    with pytest.raises(UserError, match=r"^--set: both a yes and a no for adult"):
        read("url-list", write("urls.txt", ["https://a.example/1"]), settings=["yes=adult", "no=adult"])
