"""A headless Chromium by the WebDriver protocol, and a static server that records what it is asked for."""

import json
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@dataclass
class Site:
    """A folder that is served; ``requests`` are (method, path, length of the body) in the order of their arrival."""

    url: str
    requests: list = field(default_factory=list)


class _Recorder(SimpleHTTPRequestHandler):
    def __init__(self, *arguments, site, **options):
        self.site = site
        super().__init__(*arguments, **options)

    def parse_request(self):
        parsed = super().parse_request()
        if parsed:
            self.site.requests.append((self.command, self.path, self.headers.get("Content-Length", "0")))
        return parsed

    def log_message(self, *_):
        pass


@contextmanager
def serving(folder):
    """Serve a folder on the loopback address as any static server would."""
    site = Site("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Recorder, site=site, directory=str(folder)))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Browser:
    """One window."""

    def __init__(self, client):
        self._client = client

    def _ask(self, path, **body):
        answer = self._client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()["value"]

    def open(self, url):
        self._ask("url", url=url)

    def run(self, script, *arguments):
        """Return what the body of an asynchronous function returns."""
        wrapped = (
            "const done = arguments[arguments.length - 1];"
            f"(async (...given) => {{ {script} }})(...arguments).then((value) => done({{ value }}),"
            "(error) => done({ error: String(error) }));"
        )
        answer = self._ask("execute/async", script=wrapped, args=list(arguments))
        assert "error" not in answer, answer
        return answer.get("value")

    def wait_for(self, expression, seconds=120):
        """Return the expression's value as soon as it is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.run(f"return {expression};"):
                return value
            time.sleep(0.1)
        raise AssertionError(f"never true: {expression}; the page says {self.run('return document.body.innerText;')}")

    def choose_file(self, selector, path):
        found = self._ask("element", using="css selector", value=selector)
        self._ask(f"element/{found[ELEMENT]}/value", text=str(path))

    def requested(self):
        """Return what pages asked for by the browser's own log since the last call, its own pages left out."""
        entries = self._ask("se/log", type="performance")
        messages = [json.loads(entry["message"])["message"] for entry in entries]
        sent = [
            message["params"]["request"] for message in messages if message["method"] == "Network.requestWillBeSent"
        ]
        return [(each["method"], each["url"]) for each in sent if not each["url"].startswith("chrome:")]


@contextmanager
def browsing(profile):
    """Start chromedriver and Chromium with an empty profile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen(["chromedriver", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=180, trust_env=False) as client:
            session = _start(client, [*FLAGS, f"--user-data-dir={profile}"])
            client.base_url = f"http://127.0.0.1:{port}/session/{session}/"
            try:
                client.post("timeouts", json={"script": 120_000, "pageLoad": 120_000})
                yield Browser(client)
            finally:
                client.delete("")
    finally:
        driver.terminate()
        driver.wait()


def _start(client, flags):
    wanted = {"goog:chromeOptions": {"args": flags}, "goog:loggingPrefs": {"performance": "ALL"}}
    for _ in range(100):
        with suppress(httpx.ConnectError):
            answer = client.post("/session", json={"capabilities": {"alwaysMatch": wanted}})
            assert answer.is_success, answer.text
            return answer.json()["value"]["sessionId"]
        time.sleep(0.1)
    raise AssertionError("chromedriver does not answer")
