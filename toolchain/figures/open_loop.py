"""Requests that come when they come, over HTTP/1.1: a Poisson process that does not wait for answers.

times = asyncio.run(ask_open_loop("127.0.0.1", 8000, bodies, poisson(30.0, 500, seed=0)))    # seconds, [500]
alone = asyncio.run(ask_in_turn("127.0.0.1", 8000, bodies, 500))                             # by a single client

A load generator with a fixed number of connections sends less when the server is slow, and so leaves out the waits
that it should measure ("coordinated omission"). Here a time is from the scheduled arrival to the last byte.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_LEAD = 0.05
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def ask_open_loop(
    host: str, port: int, bodies: Sequence[bytes], arrivals: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Post JPEG ``bodies`` in turn to /v1/classify at ``arrivals`` (seconds from the start); return times in seconds.

    Connections are used again, the one that rested longest first, so that the server ends none; where all are busy
    there is one more.

    Raises:
        ValueError: an answer is not 200.
    """
    loop = asyncio.get_running_loop()
    idle: deque[Connection] = deque()
    opened: list[asyncio.StreamWriter] = []
    began = loop.time() + _LEAD

    async def ask(index: int) -> float:
        due = began + arrivals[index]
        await asyncio.sleep(due - loop.time())
        if idle:
            reader, writer = idle.popleft()
        else:
            reader, writer = await asyncio.open_connection(host, port)
            opened.append(writer)
        await _post(reader, writer, bodies[index % len(bodies)])
        idle.append((reader, writer))
        return float(loop.time() - due)

    try:
        return np.array(await asyncio.gather(*(ask(index) for index in range(len(arrivals)))))
    finally:
        for writer in opened:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in opened), return_exceptions=True)


async def ask_in_turn(host: str, port: int, bodies: Sequence[bytes], count: int) -> NDArray[np.float64]:
    """Post ``count`` of the ``bodies`` over one connection, each once the one before was answered; return the seconds.

    Raises:
        ValueError: an answer is not 200.
    """
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(host, port)
    times = []
    try:
        for index in range(count):
            began = loop.time()
            await _post(reader, writer, bodies[index % len(bodies)])
            times.append(loop.time() - began)
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return np.array(times)


async def _post(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes) -> None:
    head = f"POST /v1/classify HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    said = (await reader.readuntil(b"\r\n\r\n")).lower()
    if not said.startswith(b"http/1.1 200 "):
        raise ValueError(f"not scored (got {said.splitlines()[0].decode()})")
    await reader.readexactly(int(said.partition(b"content-length: ")[2].split(b"\r")[0]))
