"""One labelled picture as a source names it."""

from toolchain.data.item import Item

SMALL, LARGE = "https://a.example/small.jpg", "https://a.example/large.jpg"


def test_an_md5_is_of_one_address():
    first = Item("1", (SMALL, LARGE), md5="a" * 32)
    assert (first.md5_at(SMALL), first.md5_at(LARGE)) == ("a" * 32, "")
    second = Item("1", (SMALL, LARGE), md5="a" * 32, md5_of=LARGE)
    assert (second.md5_at(SMALL), second.md5_at(LARGE)) == ("", "a" * 32)
    assert Item("1", (SMALL,)).md5_at(SMALL) == ""
