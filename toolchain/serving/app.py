"""The application: which calls there are, and what OpenAPI says of them."""

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from typing import Any

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from models.manifest import Manifest
from models.runtimes import Predict
from toolchain.serving.answers import Answer, ModelName, Refusal
from toolchain.serving.batching import batching
from toolchain.serving.body import MEDIA_TYPES
from toolchain.serving.handling import Handling, refusal_response
from toolchain.serving.health import RETRY, health_calls
from toolchain.serving.refusals import Refused
from toolchain.serving.room import Room
from toolchain.serving.settings import Settings
from toolchain.serving.watching import Watch

_BODY = {
    "required": True,
    "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES},
}
_SAID = {
    408: "The body did not come in time.",
    413: "More bytes or pixels than are taken.",
    415: "Not a JPEG, PNG or WebP picture.",
    422: "The picture is damaged, or has several frames.",
    503: "Overloaded, or the model could not be run.",
    500: "An error in the server.",
    504: "No score within the time limit.",
}
_NOT_HTTP: dict[int | str, dict[str, Any]] = {
    400: {"description": "Not HTTP/1.1.", "content": {"text/plain": {"schema": {"type": "string"}}}}
}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": Refusal, "description": said} for code, said in _SAID.items()
}


def build_app(manifest: Manifest, predict: Predict, settings: Settings, watch: Watch) -> FastAPI:
    """Return the application that scores with ``predict``, whose golden vectors have been checked."""
    model = ModelName(name=manifest.name, sha256=manifest.sha256)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        room = Room(settings.queue, settings.max_held_bytes, settings.decoded_at_once)
        watch.in_flight.set_function(lambda: room.requests)
        with _decoders(settings) as decoders:
            async with batching(predict, settings, watch) as score:
                app.state.handling = Handling(manifest, model, settings, watch, room, score, decoders)
                yield

    app = FastAPI(
        title="rct serve",
        summary=f"Scores and verdicts of {manifest.name}.",
        version="1",
        lifespan=lifespan,
        docs_url=None,  # its page would be fetched from elsewhere
        redoc_url=None,
    )

    app.include_router(health_calls(model))

    @app.post(
        "/v1/classify",
        response_model=Answer,
        responses=_NOT_HTTP | _REFUSALS | {503: _REFUSALS[503] | {"headers": RETRY}},
        openapi_extra={"requestBody": _BODY},
    )
    async def classify(request: Request) -> Response:
        """Score one picture, the body itself; whatever cannot be scored is for a person: "review"."""
        handling: Handling = request.app.state.handling
        return await handling.classify(request)

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics() -> Response:
        """Return the metrics for Prometheus."""
        return Response(watch.page(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    @app.exception_handler(HTTPException)
    async def refuse(_: Request, error: HTTPException) -> Response:
        response = refusal_response(Refused("no_such_call", str(error.detail)), error.status_code)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def fail(_: Request, __: Exception) -> Response:
        return refusal_response(Refused("failed", "an error in the server"), 500)

    return app


def _decoders(settings: Settings) -> AbstractContextManager[ThreadPoolExecutor | None]:
    if settings.device == "cpu":
        return nullcontext()
    return ThreadPoolExecutor(settings.decoders, thread_name_prefix="decode")
