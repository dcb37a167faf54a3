"""A real server on a free port, in a thread of this process, with a bundle whose scores are known."""

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import httpx
import pytest
import uvicorn
from gated_server import Gate
from PIL import Image

from models.runtimes import load_runtime
from toolchain.serving.app import build_app
from toolchain.serving.server import bind, make_server, url_of
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch


@dataclass(frozen=True)
class Served:
    url: str
    watch: Watch
    server: uvicorn.Server
    client: httpx.Client

    def post(self, content, kind="image/png"):
        return self.client.post("/v1/classify", content=content, headers={"Content-Type": kind})

    def count(self, outcome):
        return self.watch.registry.get_sample_value("rct_requests_total", {"outcome": outcome})


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.open.set()


@pytest.fixture(scope="session")
def encode():
    """Encode a picture of one colour."""

    def encode(colour=(255, 0, 0), form="PNG", size=(16, 12), **options):
        stream = BytesIO()
        Image.new("RGB", size, colour).save(stream, form, **options)
        return stream.getvalue()

    return encode


@pytest.fixture
def serve(original):
    """Serve the share of red and of green, or whatever ``predict`` answers."""

    @contextmanager
    def serve(predict=None, **settings):
        watch = Watch()
        chosen = Settings(**{"workers": 2, **settings})
        app = build_app(original.manifest, predict or load_runtime(original), chosen, watch)
        server = make_server(app, chosen)
        with bind("127.0.0.1", 0) as bound:
            bound.listen()
            thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
            thread.start()
            try:
                with httpx.Client(base_url=url_of(bound), timeout=30, trust_env=False, verify=False) as client:
                    yield Served(url_of(bound), watch, server, client)
            finally:
                server.should_exit = True
                thread.join(30)
                assert not thread.is_alive()

    return serve
