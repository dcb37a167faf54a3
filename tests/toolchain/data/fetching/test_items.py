"""What an item says of its bytes: whose MD5 it has, and where in a file they lie."""

import hashlib

from hostile_server import reply


def test_the_md5_of_an_original_says_nothing_of_its_thumbnail(server, fetched, encoded):
    original, thumbnail = encoded(seed=1), encoded(seed=2)
    server.answers["/original"] = reply(200, original)
    server.answers["/thumbnail"] = reply(200, thumbnail)
    small, large = server.url("/thumbnail"), server.url("/original")
    md5, other = hashlib.md5(original).hexdigest(), hashlib.md5(thumbnail).hexdigest()
    rows = fetched(
        {"urls": [small, large], "md5": md5, "md5_of": large},
        {"urls": [server.url("/gone"), large], "md5": md5, "md5_of": large},
        {"urls": [server.url("/lost"), large], "md5": other, "md5_of": large},
        {"urls": [large, small], "md5": other, "md5_of": large},
    )
    assert [(row.status, row.url) for row in rows] == [
        ("ok", small),
        ("ok", large),
        ("http 404", server.url("/lost")),
        ("wrong md5", large),
    ]
    assert rows[2].detail == f"then wrong md5 ({md5}, not {other})"


def test_a_picture_in_an_archive_is_copied_out_of_it(fetched, encoded, tmp_path, limits):
    first, second = encoded(seed=1), encoded(seed=2)
    archive = tmp_path / "shard.tar"
    archive.write_bytes(b"\0" * 512 + first + b"\0" * 100 + second)
    place, size = str(archive), len(second)
    rows = fetched(
        {"file": place, "part": [512, len(first)]},
        {"file": place, "part": [archive.stat().st_size - size, size], "md5": hashlib.md5(second).hexdigest()},
        {"file": place, "part": [0, 512]},
        {"file": place, "part": [archive.stat().st_size - 10, size]},
        {"file": str(tmp_path / "gone.tar"), "part": [0, 9]},
        {"file": place, "part": [512, len(first)], "md5": "0" * 32},
        {"file": place, "part": [0, limits.max_bytes + 1]},
    )
    assert [row.status for row in rows] == [
        "ok",
        "ok",
        "not a picture",
        "truncated",
        "no such file",
        "wrong md5",
        "too many bytes",
    ]
    assert [(tmp_path / "data" / row.file).read_bytes() for row in rows[:2]] == [first, second]
    assert [(row.format, row.width, row.height, row.url) for row in rows[:2]] == [("jpeg", 64, 48, "")] * 2
    assert not (tmp_path / "data" / "incoming").exists()
