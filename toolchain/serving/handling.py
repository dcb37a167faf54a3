"""One request from its head to its answer, within its time, and dropped when its client hangs up."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from models.manifest import Manifest
from toolchain.serving.answers import ModelName, Refusal, answer
from toolchain.serving.batching import Score
from toolchain.serving.body import check_encoding, check_media_type, read_body
from toolchain.serving.decoding import Decoding, Pixels
from toolchain.serving.pixels import read_pixels
from toolchain.serving.refusals import STATUS, Refused
from toolchain.serving.room import Place, Room
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Outcome, Watch

_RETRY_AFTER = {"Retry-After": "1"}


@dataclass(frozen=True, eq=False)
class Handling:
    """What every request is handled with; without ``decoders`` a run decodes its own pictures."""

    manifest: Manifest
    model: ModelName
    settings: Settings
    watch: Watch
    room: Room
    score: Score
    decoders: ThreadPoolExecutor | None

    async def classify(self, request: Request) -> Response:
        """Return an ``Answer``, or a ``Refusal`` that says "review"."""
        began = perf_counter()
        outcome: Outcome = "scored"
        size = 0
        try:
            check_media_type(request.headers.get("content-type", ""))
            check_encoding(request.headers.get("content-encoding", ""))
            with self.room.place() as place:
                try:
                    scores = await self._scores(request, place)
                finally:
                    size = place.held
            found = answer(scores, self.manifest.spec, self.model)
            verdict, response = found.verdict, Response(found.model_dump_json(), media_type="application/json")
        except Refused as refused:
            outcome, verdict, response = refused.reason, "review", refusal_response(refused)
            refused.with_traceback(None)  # its frames hold what holds it: all of the request, until a collector comes
        self.watch.ended(outcome, perf_counter() - began, size=size, verdict=verdict)
        return response

    async def _scores(self, request: Request, place: Place) -> list[float]:
        until = asyncio.get_running_loop().time() + self.settings.timeout
        began = perf_counter()
        try:
            async with asyncio.timeout_at(until):
                content = await read_body(request, self.settings.max_bytes, place)
        except TimeoutError:
            raise Refused("slow_body", f"the body took more than {self.settings.timeout:g} seconds") from None
        self.watch.stage("body", perf_counter() - began)
        place.until = until
        work = asyncio.create_task(self._decode_and_score(content, place))
        gone = asyncio.create_task(_hang_up(request))
        del content
        try:
            left = until - asyncio.get_running_loop().time()
            await asyncio.wait((work, gone), timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return work.result()
            if gone.done():
                raise Refused("hung_up", "the client hung up")
            raise Refused("timed_out", f"no score within {self.settings.timeout:g} seconds")
        finally:
            work.cancel()
            gone.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)

    async def _decode_and_score(self, content: bytes, place: Place) -> list[float]:
        place.decoding = decoding = Decoding(partial(self._read, content))
        del content
        if self.decoders is not None:
            self.decoders.submit(decoding.run)
            await asyncio.wrap_future(decoding.pixels)
        return await self.score(decoding)

    def _read(self, content: bytes) -> Pixels:
        began = perf_counter()
        try:
            return read_pixels(content, self.manifest.spec.preprocessing, self.settings.max_pixels)
        finally:
            self.watch.stage("decode", perf_counter() - began)


async def _hang_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def refusal_response(refused: Refused, status: int | None = None) -> Response:
    """Return a refusal as it is sent; ``status`` by default is that of its reason."""
    document = Refusal(reason=refused.reason, problem=refused.problem)
    return Response(
        document.model_dump_json(),
        status or STATUS[refused.reason],
        media_type="application/json",
        headers=_RETRY_AFTER if refused.reason == "overloaded" else {},
    )
