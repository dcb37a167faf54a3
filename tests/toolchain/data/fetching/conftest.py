"""A hostile server, its names and certificate, a source that yields a test's items, a fetch of them with its ledger."""

import io
import json
import shutil
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from hostile_server import HostileServer, Listening
from PIL import Image

import toolchain.data.sources
from toolchain.data.fetching.addresses import Exemption
from toolchain.data.fetching.limits import Limits
from toolchain.data.fetching.request import Request
from toolchain.data.fetching.retrying import Backoff
from toolchain.data.fetching.run import fetch
from toolchain.data.ledger import read_ledger
from toolchain.data.sources import source
from toolchain.progress import silent

ITEM_SOURCES = Path(__file__).parents[3] / "item_sources"


@pytest.fixture
def server():
    with Listening(HostileServer()) as server:
        yield server


@pytest.fixture
def json_items(monkeypatch):
    """Make the test's source one of ours."""
    monkeypatch.setattr(toolchain.data.sources, "__path__", [*toolchain.data.sources.__path__, str(ITEM_SOURCES)])
    return source("json-items")


@pytest.fixture
def limits(server):
    return Limits(
        concurrency=8,
        gap=0,
        timeout=5,
        idle=5,
        backoff=Backoff(tries=3, first=0.01, random=Random(0)),
        private=(Exemption("127.0.0.1", server.port),),
    )


@pytest.fixture
def fetched(tmp_path, json_items, limits):
    """Fetch items, each the fields of an ``Item``, and return the rows of the ledger."""

    def fetched(*items, folder="data", progress=silent, request=(), **others):
        lines = tmp_path / "items.jsonl"
        lines.write_text("".join(f"{json.dumps({'key': str(i), **item})}\n" for i, item in enumerate(items)), "utf-8")
        asked = Request("json-items", (lines,), json_items.Settings(), tmp_path / folder, **dict(request))
        fetch(asked, others.pop("limits", limits), progress, **others)
        return list(read_ledger(tmp_path / folder))

    return fetched


@pytest.fixture
def names(monkeypatch):
    """Answer for hosts under .test, a list of answers for each, one per question; counts the questions."""
    asked, answers, real = [], {}, socket.getaddrinfo

    def look_up(host, port, *rest, **options):
        if not host.endswith(".test"):
            return real(host, port, *rest, **options)
        asked.append(host)
        addresses = answers[host][min(asked.count(host), len(answers[host])) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    answers["asked"] = asked
    return answers


@dataclass
class Certificate:
    """Of pictures.test, signed by itself: the file, and what a server speaks TLS with."""

    path: Path
    context: ssl.SSLContext


@pytest.fixture
def certificate(tmp_path):
    if shutil.which("openssl") is None:
        pytest.skip("makes a certificate with openssl")
    key, path = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=pictures.test"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=DNS:pictures.test", "-keyout", key, "-out", path],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key)
    return Certificate(path, context)


@pytest.fixture(scope="session")
def encoded():
    """Encode a picture of noise."""

    def encoded(form="JPEG", size=(64, 48), seed=0, **options):
        noise = Random(seed).randbytes(size[0] * size[1] * 3)
        buffer = io.BytesIO()
        Image.frombytes("RGB", size, noise).save(buffer, form, **options)
        return buffer.getvalue()

    return encoded
