"""How much memory ``rct data fetch`` takes for 100,000 addresses, and how many pictures a second it gets from here.

    python -m toolchain.figures.fetch_memory --out docs/figures/fetch_memory.json

A server in a process of its own answers with pictures that differ; the command runs twice in processes of their own,
the second time on the finished folder. Memory is the most that was resident, as the kernel counts it.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from PIL import Image

from benchmarks.figures.machine import describe_machine

_BETWEEN_REQUESTS = b"\r\n\r\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--addresses", type=int, default=100_000)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.serve:
        asyncio.run(_serve())
        return
    with TemporaryDirectory() as folder:
        document = {
            "machine": describe_machine("httpx", "httpcore", "h11", "pyarrow"),
            "load_average": round(os.getloadavg()[0], 1),  # who else wants the cores
            "addresses": options.addresses,
            "runs": _measure(Path(folder), options.addresses),
        }
        text = json.dumps(document, indent=1, allow_nan=False)
        print(text)
        if options.out:
            options.out.write_text(text + "\n", "utf-8")


def _measure(folder: Path, addresses: int) -> list[dict[str, Any]]:
    with subprocess.Popen([sys.executable, "-m", __spec__.name, "--serve"], stdout=subprocess.PIPE) as server:  # noqa: S603
        try:
            assert server.stdout is not None  # noqa: S101
            place = f"127.0.0.1:{int(server.stdout.readline())}"
            names = "".join(f"http://{place}/{number}.jpg\n" for number in range(addresses))
            (folder / "addresses.txt").write_text(names, "utf-8")
            return [_fetch(folder, place), _fetch(folder, place)]
        finally:
            server.kill()


def _fetch(folder: Path, place: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "toolchain", "data", "fetch", "url-list", str(folder / "addresses.txt")]
    command += ["--out", str(folder / "data"), "--allow-private", place, "--gap", "0", "--per-host", "32", "--json"]
    began = perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603
    assert process.stdout is not None  # noqa: S101
    report = json.loads(process.stdout.read())
    _, code, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    if process.returncode:
        sys.exit("the fetch failed")
    seconds = perf_counter() - began
    return {
        "settled": report["settled"],
        "statuses": report["statuses"],
        "seconds": round(seconds, 1),
        "pictures_per_second": round(report["settled"] / seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_resident_mb": round(used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1000), 1),
    }


async def _serve() -> None:
    """Answer every request with a small JPEG that has its path in a comment; print the port first."""
    buffer = BytesIO()
    Image.radial_gradient("L").resize((64, 64)).save(buffer, "JPEG")
    start, rest = buffer.getvalue()[:2], buffer.getvalue()[2:]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(_BETWEEN_REQUESTS):
                path = head.split(b" ", 2)[1]
                body = start + b"\xff\xfe" + (len(path) + 2).to_bytes(2, "big") + path + rest
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    main()
