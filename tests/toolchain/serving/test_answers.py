"""What a picture comes to, and what does not come to a score: each with its status, its reason and a verdict."""

import gzip
import json
import logging
import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from models.runtimes import load_runtime


@pytest.fixture
def served(serve):
    with serve(max_bytes=20_000, max_pixels=10_000) as served:
        yield served


@pytest.mark.parametrize(
    ("form", "kind"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "application/octet-stream")]
)
def test_scores_and_verdicts(served, encode, original, form, kind):
    answer = served.post(encode((255, 0, 0), form, lossless=True, quality=100), kind)
    assert answer.status_code == 200
    document = answer.json()
    assert document["verdict"] == "block"
    assert document["categories"]["red"]["score"] == pytest.approx(1, abs=0.01)
    assert document["categories"]["green"] == {"score": pytest.approx(0, abs=0.01), "verdict": "allow"}
    assert document["model"] == {"name": "colours", "sha256": original.manifest.sha256}


def test_the_server_says_what_the_library_says(served, encode, original):
    from models.preprocessing import read_picture

    content = encode((102, 0, 30), "JPEG", (99, 70))
    rule = original.manifest.spec.preprocessing
    expected = load_runtime(original)(read_picture(content, rule)[None])[0].tolist()
    found = served.post(content, "image/jpeg").json()
    assert [found["categories"][label]["score"] for label in ("red", "green")] == expected
    assert found["verdict"] == "review"


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bomb():
    """A PNG that says it has 50000 x 50000 pixels; nothing of it is ever decoded."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def moving(form):
    frames = [Image.new("RGB", (16, 12), colour) for colour in ((0, 0, 0), (255, 0, 0))]
    stream = BytesIO()
    frames[0].save(stream, form, save_all=True, append_images=frames[1:], duration=100)
    return stream.getvalue()


def hostile(encode):
    """Bodies by name, each with the status and the reason that it has to come to."""
    return {
        "nothing": (b"", 422, "unreadable"),
        "text": (b"hello", 415, "wrong_type"),
        "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "wrong_type"),
        "gif": (encode(form="GIF"), 415, "wrong_type"),
        "tiff": (encode(form="TIFF"), 415, "wrong_type"),
        "bmp": (encode(form="BMP"), 415, "wrong_type"),
        "gif that goes on as a png": (b"GIF89a" + encode(), 415, "wrong_type"),
        "page before a jpeg": (b"<html>" + encode(form="JPEG"), 415, "wrong_type"),
        "half a png": (encode(size=(90, 90))[:80], 422, "unreadable"),
        "half a jpeg": (encode(form="JPEG", size=(90, 90))[:400], 422, "unreadable"),
        "only a signature": (b"\x89PNG\r\n\x1a\n", 422, "unreadable"),
        "only a webp signature": (b"RIFF\x10\0\0\0WEBPVP8 ", 422, "unreadable"),
        "bomb": (bomb(), 413, "too_large"),
        "too many pixels": (encode(size=(101, 100)), 413, "too_large"),
        "too many bytes": (encode() + bytes(20_000), 413, "too_large"),
        "moving png": (moving("PNG"), 422, "unreadable"),
        "moving webp": (moving("WEBP"), 422, "unreadable"),
    }


def test_a_picture_without_a_score_is_for_a_person(served, encode):
    for name, (content, status, reason) in hostile(encode).items():
        before = served.count(reason)
        answer = served.post(content)
        found = (answer.status_code, answer.json()["verdict"], answer.json()["reason"])
        assert found == (status, "review", reason), name
        assert answer.json()["problem"], name
        assert served.count(reason) == before + 1, name
        assert served.post(encode()).status_code == 200, f"the server goes on after {name}"


def test_what_comes_after_a_picture_changes_nothing(served, encode):
    assert served.post(encode() + b"PK\x03\x04 <script>").json() == served.post(encode()).json()


@pytest.mark.parametrize("kind", ["image/gif", "multipart/form-data; boundary=x", "application/json"])
def test_another_content_type_is_refused_before_the_body_is_read(served, encode, kind):
    answer = served.post(encode(), kind)
    assert (answer.status_code, answer.json()["verdict"]) == (415, "review")
    assert answer.json()["problem"] == (
        "send the picture itself as the body, as one of image/jpeg, image/png, image/webp "
        f"(got {kind.partition(';')[0]})"
    )


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/octet-stream", ""])
def test_a_client_that_does_not_say_what_it_sends_is_judged_by_its_bytes(served, encode, kind):
    assert served.post(encode(), kind).status_code == 200
    assert served.post(b"picture=x", kind).json()["problem"].startswith("not a picture that is served")


def test_a_packed_body_is_refused_in_words(served, encode):
    headers = {"Content-Type": "image/png", "Content-Encoding": "gzip"}
    answer = served.client.post("/v1/classify", content=gzip.compress(encode()), headers=headers)
    assert (answer.status_code, answer.json()["problem"]) == (
        415, "send the picture without a Content-Encoding (got gzip)",
    )  # fmt: skip


@pytest.mark.parametrize(("value", "reason"), [(float("nan"), "failed"), (float("inf"), "failed"), (1.5, "failed")])
def test_scores_that_are_no_scores(serve, encode, value, reason):
    with serve(lambda batch: np.full((len(batch), 2), value, np.float32)) as served:
        answer = served.post(encode())
    assert (answer.status_code, answer.json()["verdict"], answer.json()["reason"]) == (503, "review", reason)


def test_a_runtime_that_fails(serve, encode, caplog):
    def predict(batch):
        raise RuntimeError("out of memory")

    with serve(predict) as served, caplog.at_level(logging.ERROR, "rct.serve"):
        answer = served.post(encode())
        again = served.post(encode())
    assert (answer.status_code, answer.json()["verdict"]) == (503, "review")
    assert "memory" not in answer.text
    assert "the model could not be run: out of memory" in caplog.text
    assert again.status_code == 503


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/classify", 405), ("POST", "/v2", 404)])
def test_a_call_that_is_not_there(served, method, path, status):
    answer = served.client.request(method, path)
    assert (answer.status_code, answer.json()["verdict"]) == (status, "review")


def test_health_and_metrics(served, encode, original):
    served.post(encode())
    for path in ("/healthz", "/readyz"):
        health = served.client.get(path)
        assert (health.status_code, health.json()["model"]["sha256"]) == (200, original.manifest.sha256)
        assert (served.client.head(path).status_code, served.client.head(path).content) == (200, b"")
    page = served.client.get("/metrics")
    assert page.headers["Content-Type"].startswith("text/plain")
    lines = page.text.splitlines()
    assert 'rct_requests_total{outcome="scored"} 1.0' in lines
    assert "rct_batch_size_sum 1.0" in lines
    assert "rct_queue_depth 0.0" in lines
    for stage in ("body", "decode", "queue", "model", "total"):
        assert f'rct_stage_seconds_count{{stage="{stage}"}} 1.0' in lines


def test_no_page_is_made_of_what_lies_elsewhere(served):
    assert [served.client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 200]


def test_openapi_has_every_answer(served):
    document = served.client.get("/openapi.json").json()
    call = document["paths"]["/v1/classify"]["post"]
    assert set(call["responses"]) == {"200", "400", "408", "413", "415", "422", "500", "503", "504"}
    assert set(call["requestBody"]["content"]) == {"image/jpeg", "image/png", "image/webp"}
    assert document["components"]["schemas"]["Refusal"]["properties"]["verdict"]["const"] == "review"


def test_a_line_of_log_has_nothing_of_the_client_in_it(serve, encode, caplog):
    from toolchain.serving.watching import Watch

    with caplog.at_level(logging.INFO, "rct.serve"):
        Watch(as_json=True).ended("scored", 0.0123, size=99, verdict="allow")
        with serve() as served:
            served.client.post("/v1/classify?name=secret.png", content=encode(), headers={"X-Name": "secret"})
    first, second = caplog.messages
    assert json.loads(first) == {"outcome": "scored", "verdict": "allow", "bytes": 99, "ms": 12.3}
    assert second.startswith("scored block, ")
    assert "secret" not in second
