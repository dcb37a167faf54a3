"""Whatever a server does, an item ends with a picture as it came or with the reason why there is none."""

import gzip
import hashlib
import struct
import time
import zlib
from dataclasses import replace

import pytest
from hostile_server import reply


def only(rows):
    (row,) = rows
    return row


def stored(tmp_path):
    return [path for path in (tmp_path / "data").rglob("pictures/**/*") if path.is_file()]


def test_a_picture_is_kept_as_it_came_under_the_name_of_its_content(server, fetched, encoded, tmp_path):
    data = encoded("PNG")
    server.answers["/a.jpg"] = reply(200, data)
    row = only(fetched({"urls": [server.url("/a.jpg")], "labels": {"adult": False}, "author": "Ann"}))
    digest = hashlib.sha256(data).hexdigest()
    assert (row.status, row.format, row.width, row.height, row.bytes) == ("ok", "png", 64, 48, len(data))
    assert (row.sha256, row.file) == (digest, f"pictures/{digest[:2]}/{digest}.png")
    assert (tmp_path / "data" / row.file).read_bytes() == data
    assert (row.source, row.labels, row.author, row.url) == (
        "json-items", {"adult": False}, "Ann", server.url("/a.jpg")
    )  # fmt: skip
    assert not (tmp_path / "data/incoming").exists()


@pytest.mark.parametrize(
    ("form", "suffix"),
    [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif"), ("BMP", "bmp"), ("TIFF", "tif")],
)
def test_every_format_that_can_be_decoded_is_kept(server, fetched, encoded, form, suffix):
    server.answers["/x"] = reply(200, encoded(form), Content_Type="text/html")
    row = only(fetched({"urls": [server.url("/x")]}))
    assert (row.status, row.format, row.file[-len(suffix) - 1 :]) == ("ok", form.lower(), f".{suffix}")


def test_the_same_bytes_from_two_addresses_lie_there_once(server, fetched, encoded, tmp_path):
    server.answers |= dict.fromkeys(("/a", "/b"), reply(200, encoded()))
    first, second = fetched({"urls": [server.url("/a")]}, {"urls": [server.url("/b")]})
    assert first.file == second.file
    assert len(stored(tmp_path)) == 1


def cut_off(data):
    return lambda visit: visit.send(reply(200, data)[: -len(data) // 2])


def drip(data):
    def answer(visit):
        for byte in reply(200, data):
            visit.send(bytes([byte]))
            time.sleep(0.02)

    return answer


def say_nothing(server):
    return lambda visit: server.gone.wait(5) and visit


def pixel_bomb():
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    end = b"\0\0\0\0IEND\xaeB`\x82"
    data = zlib.compress(b"")
    body = struct.pack(">I", len(data)) + b"IDAT" + data + struct.pack(">I", zlib.crc32(b"IDAT" + data))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + body + end


@pytest.mark.parametrize(
    ("status", "detail", "body"),
    [
        ("not a picture", "HTML", b"<!DOCTYPE html><p>gone"),
        ("not a picture", "SVG", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("not a picture", "AVIF or HEIC", b"\0\0\0\x1cftypavif" + bytes(40)),
        ("not a picture", "empty", b""),
        ("not a picture", "", b"\xff\xd8\xff, or so it says"),
        ("too many pixels", "100000x100000", pixel_bomb()),
    ],
)
def test_what_is_no_picture_is_not_kept(server, fetched, tmp_path, status, detail, body):
    server.answers["/a.jpg"] = reply(200, body)
    row = only(fetched({"urls": [server.url("/a.jpg")]}))
    assert (row.status, row.detail, row.file, row.sha256) == (status, detail, "", "")
    assert not stored(tmp_path)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_picture_without_its_end_is_truncated(server, fetched, encoded, form, tmp_path):
    data = encoded(form)
    server.answers["/a"] = reply(200, data[: len(data) * 3 // 4])
    assert only(fetched({"urls": [server.url("/a")]})).status in {"truncated", "not a picture"}
    assert not stored(tmp_path)


def test_a_connection_that_ends_midway_is_tried_again(server, fetched, encoded):
    data = encoded()
    whole = reply(200, data)
    server.answers["/a"] = lambda visit: visit.send(whole if visit.number == 3 else whole[:-100])
    server.answers["/b"] = lambda visit: visit.send(whole[:-100])
    first, second = fetched({"urls": [server.url("/a")]}, {"urls": [server.url("/b")]})
    assert (first.status, first.bytes, server.visits["/a"]) == ("ok", len(data), 3)
    assert (second.status, second.file, server.visits["/b"]) == ("connection lost", "", 3)


def test_a_length_that_is_too_short_truncates_and_one_that_is_too_long_breaks_off(server, fetched, encoded):
    data = encoded()
    server.answers["/short"] = reply(200, data, Content_Length=len(data) // 2)
    server.answers["/long"] = reply(200, data, Content_Length=len(data) * 2)
    short, long = fetched({"urls": [server.url("/short")]}, {"urls": [server.url("/long")]})
    assert (short.status, long.status) == ("truncated", "connection lost")


def test_slow_and_silent_servers_end(server, fetched, limits, encoded):
    server.answers["/silent"] = say_nothing(server)
    server.answers["/drip"] = drip(encoded())
    quick = replace(limits, timeout=0.4, idle=0.2, backoff=replace(limits.backoff, tries=1))
    rows = fetched({"urls": [server.url("/silent")]}, {"urls": [server.url("/drip")]}, limits=quick)
    assert [row.status for row in rows] == ["timed out", "timed out"]


@pytest.mark.parametrize("length", ["true", "none", "too small"])
def test_the_byte_limit_holds_whatever_the_length_says(server, fetched, limits, encoded, length, tmp_path):
    data = encoded("BMP", (200, 200))
    claims = {"true": len(data), "none": None, "too small": None}
    server.answers["/a"] = reply(200, data, Content_Length=claims[length])
    if length == "too small":
        body = b"".join(
            b"%x\r\n%s\r\n" % (len(part), part) for part in (data[i : i + 999] for i in range(0, 9990, 999))
        )
        server.answers["/a"] = reply(200, body, Content_Length=None, Transfer_Encoding="chunked")
    row = only(fetched({"urls": [server.url("/a")]}, limits=replace(limits, max_bytes=9000)))
    assert (row.status, row.detail) == ("too many bytes", "more than 9,000")
    assert not stored(tmp_path)


def test_gzip_is_taken_off_and_counts_by_what_comes_out_of_it(server, fetched, limits, encoded):
    data = encoded("BMP")
    server.answers["/a"] = reply(200, gzip.compress(data), Content_Encoding="gzip")
    server.answers["/bomb"] = reply(200, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")
    server.answers["/torn"] = reply(200, gzip.compress(data)[:-20], Content_Encoding="gzip")
    server.answers["/lie"] = reply(200, data, Content_Encoding="gzip")
    server.answers["/odd"] = reply(200, data, Content_Encoding="br")
    names = ("/a", "/bomb", "/torn", "/lie", "/odd")
    rows = fetched(*({"urls": [server.url(name)]} for name in names), limits=replace(limits, max_bytes=1_000_000))
    assert (rows[0].status, rows[0].sha256) == ("ok", hashlib.sha256(data).hexdigest())
    assert [(row.status, row.detail) for row in rows[1:]] == [
        ("too many bytes", "more than 1,000,000"),
        ("bad encoding", "gzip without an end"),
        ("bad encoding", "damaged"),
        ("bad encoding", "br was not asked for"),
    ]


def test_statuses_that_may_pass_are_tried_again_and_others_are_not(server, fetched, encoded):
    good = reply(200, encoded())
    server.answers["/soon"] = lambda visit: visit.send(good if visit.number == 2 else reply(503))
    server.answers["/never"] = reply(503)
    server.answers["/gone"] = reply(410)
    server.answers["/mine"] = reply(403)
    rows = fetched(*({"urls": [server.url(path)]} for path in ("/soon", "/never", "/gone", "/mine", "/nowhere")))
    assert [row.status for row in rows] == ["ok", "http 503", "http 410", "http 403", "http 404"]
    assert server.visits == {"/soon": 2, "/never": 3, "/gone": 1, "/mine": 1, "/nowhere": 1}


def test_an_answer_counts_though_its_body_never_ends(server, fetched):
    def answer(visit):
        visit.send(reply(404, b"gone")[:-1])
        server.gone.wait(10)

    server.answers |= {"/silent": answer, "/broken": reply(410, b"gone")[:-1]}
    rows = fetched({"urls": [server.url("/silent")]}, {"urls": [server.url("/broken")]})
    assert [row.status for row in rows] == ["http 404", "http 410"]
    assert server.visits == {"/silent": 1, "/broken": 1}


def test_the_next_address_is_tried_when_one_fails_for_good(server, fetched, encoded):
    server.answers["/small"] = reply(200, encoded())
    first, second = fetched(
        {"urls": [server.url("/gone"), server.url("/small")]},
        {"urls": [server.url("/gone"), server.url("/lost"), "http://10.1.2.3/x"]},
    )
    assert (first.status, first.url) == ("ok", server.url("/small"))
    assert (second.status, second.url) == ("http 404", server.url("/gone"))
    assert second.detail == "then http 404; then private address (10.1.2.3)"


def test_an_md5_is_that_of_the_first_address_and_of_no_other(server, fetched, encoded):
    original, thumbnail = encoded(seed=1), encoded(seed=2)
    md5 = hashlib.md5(original).hexdigest()
    server.answers["/original"] = reply(200, original)
    server.answers["/thumbnail"] = reply(200, thumbnail)
    rows = fetched(
        {"urls": [server.url("/original")], "md5": md5.upper()},
        {"urls": [server.url("/gone"), server.url("/thumbnail")], "md5": md5},
        {"urls": [server.url("/thumbnail"), server.url("/original")], "md5": md5},
    )
    assert [row.status for row in rows] == ["ok", "ok", "wrong md5"]
    assert rows[2].detail == f"{hashlib.md5(thumbnail).hexdigest()}, not {md5}"
    assert rows[2].md5 == md5


def test_known_placeholders_are_no_pictures(server, fetched, encoded, tmp_path):
    data = encoded("PNG")
    server.answers["/a.jpg"] = reply(200, data)
    known = {hashlib.md5(data).hexdigest(): "a test's"}
    row = only(fetched({"urls": [server.url("/a.jpg")]}, placeholders=known))
    assert (row.status, row.detail) == ("placeholder", "a test's")
    assert not stored(tmp_path)


def test_redirects_are_followed_so_far(server, fetched, encoded):
    server.answers["/0"] = reply(301, Location="/1")
    for hop in range(1, 5):
        server.answers[f"/{hop}"] = reply(302, Location=server.url(f"/{hop + 1}"))
    server.answers["/5"] = reply(200, encoded())
    server.answers["/before"] = reply(307, Location="/0")
    server.answers["/loop"] = reply(302, Location="/loop")
    rows = fetched(*({"urls": [server.url(path)]} for path in ("/0", "/before", "/loop")))
    assert [row.status for row in rows] == ["ok", "too many redirects", "too many redirects"]
    assert rows[0].url == server.url("/0")
    assert server.visits["/loop"] == 6


@pytest.mark.parametrize(
    ("target", "status", "detail"),
    [
        ("http://127.0.0.1:1/", "private address", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]/", "private address", "::ffff:127.0.0.1"),
        ("http://2130706433/", "private address", "2130706433 is 127.0.0.1"),
        ("//169.254.169.254/latest/meta-data", "private address", "169.254.169.254"),
        ("file:///etc/passwd", "bad address", "redirected to 'file:///etc/passwd' is not http"),
        ("http://[::1", "bad address", "redirected to 'http://[::1'"),
        ("mailto:ann", "bad address", "redirected to 'mailto:ann' is not http"),
    ],
)
def test_no_redirect_leads_to_a_private_place(server, fetched, target, status, detail):
    server.answers["/a"] = reply(302, Location=target)
    row = only(fetched({"urls": [server.url("/a")]}))
    assert (row.status, row.detail) == (status, detail)


@pytest.mark.parametrize(
    "wire",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffffffff\r\nx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
        b"HTTP/1.1 999999 OK\r\n\r\n",
        b"HTTP/1.1 302 OK\r\nLocation: http://\xff\xfe\x00/\r\n\r\n",
        b"HTTP/1.1 302 OK\r\nLocation: http://" + b"a" * 300 + b"/\r\n\r\n",
        b"HTTP/1.1 302 OK\r\nLocation: http://x:99999/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 429 OK\r\nRetry-After: Fri, 31 Dec 99999999 23:59:59 GMT\r\n\r\n",
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\n\r\nx",
        b"\x16\x03\x01\0\0",
        b"SSH-2.0-OpenSSH\r\n",
        b"",
    ],
)
def test_nonsense_on_the_wire_is_a_failure_of_its_item_alone(server, fetched, encoded, wire):
    server.answers["/bad"] = wire
    server.answers["/good"] = reply(200, encoded())
    bad, good = fetched({"urls": [server.url("/bad")]}, {"urls": [server.url("/good")]})
    assert (bad.status != "ok", bad.file, good.status) == (True, "", "ok")
