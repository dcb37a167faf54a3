"""A request that is cancelled, wherever it has got to, leaves no connection open."""

import asyncio
import gc
import types
import warnings
from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from hostile_server import HostileServer, Listening, reply

from toolchain.data.fetching.addresses import Exemption
from toolchain.data.fetching.downloading import download
from toolchain.data.fetching.outcome import Failed
from toolchain.data.fetching.transport import CheckedTransport
from toolchain.data.fetching.turns import Turns
from toolchain.scoring.downloads import InMemory


@types.coroutine
def cancelled(work, at, late):
    """Await ``work``, its task being cancelled at its ``at``-th wait: as the wait begins, or as it ends if ``late``."""
    cancel = asyncio.current_task().cancel
    steps, step, value = work.__await__(), None, None
    for number in count(1):
        try:
            waits_for = step(value) if step else next(steps)
        except StopIteration:
            return
        if number == at and late and waits_for is not None:
            waits_for.add_done_callback(lambda _: cancel())
        elif number == at:
            cancel()
        try:
            step, value = steps.send, (yield waits_for)
        except BaseException as error:  # noqa: BLE001  the work has to see it
            step, value = steps.throw, error


async def cancelled_everywhere(url, limits, late):
    """Ask for ``url``, cancelled at its first wait, at its second and so on until it ends before; return how often."""
    for at in count(1):
        async with CheckedTransport(limits) as transport:
            turns = Turns(limits.concurrency, limits.per_host, limits.gap)
            work = cancelled(download(transport, url, InMemory(), turns, limits), at, late)
            (end,) = await asyncio.gather(asyncio.create_task(work), return_exceptions=True)
        if not isinstance(end, asyncio.CancelledError):
            break
    assert end is None or isinstance(end, Failed)
    return at - 1


class Silent(HostileServer):
    """Shakes hands, and says nothing more, not even that it has understood a goodbye."""

    def answer(self, _wire):
        self.gone.wait(30)


SERVERS = {
    "picture": partial(HostileServer, {"/": reply(200, b"p" * 300_000)}),
    "kept open": partial(HostileServer, {"/": reply(200, b"p", Connection="keep-alive")}),
    "not there": partial(HostileServer, {"/": reply(404, b"not here")}),
    "silent": Silent,
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("kind", SERVERS)
def test_nothing_is_left_open(kind, scheme, late, names, limits, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    names["pictures.test"] = [["127.0.0.1"]]
    with (
        Listening(SERVERS[kind](), certificate.context if scheme == "https" else None) as server,
        warnings.catch_warnings(record=True, action="always", category=ResourceWarning) as told,
    ):
        limits = replace(limits, timeout=0.5, private=(Exemption("pictures.test", server.port),))
        waits = asyncio.run(cancelled_everywhere(server.url("/", "pictures.test", scheme), limits, late))
        gc.collect()
    assert waits >= 6  # for the name, a turn, the connection, the request, the answer, the body
    assert not told, [str(one.message) for one in told]
