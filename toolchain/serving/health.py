"""What a balancer asks: whether the process answers, and whether pictures are scored."""

from typing import Any

from fastapi import APIRouter, Request, Response

from toolchain.serving.answers import Health, ModelName, Refusal
from toolchain.serving.handling import refusal_response
from toolchain.serving.refusals import Refused

RETRY = {"Retry-After": {"description": "Seconds to wait; where overloaded.", "schema": {"type": "integer"}}}
_STUCK = "Every decoder works on a picture whose time is over."
_NOT_READY: dict[int | str, dict[str, Any]] = {503: {"model": Refusal, "description": _STUCK, "headers": RETRY}}


def health_calls(model: ModelName) -> APIRouter:
    """Return /healthz and /readyz, each by GET and by HEAD."""
    calls = APIRouter()

    @calls.get("/healthz")
    async def healthz() -> Health:
        """Say that the process answers."""
        return Health(model=model)

    @calls.head("/healthz", response_class=Response)
    async def healthz_head() -> Response:
        """Say that the process answers, without a body."""
        return Response()

    @calls.get("/readyz", response_model=Health, responses=_NOT_READY)
    async def readyz(request: Request) -> Response:
        """Say that pictures are scored: the golden vectors passed, and not every decoder is stuck."""
        if request.app.state.handling.room.is_stuck:
            return refusal_response(Refused("overloaded", "every decoder works on a picture that takes too long"))
        return Response(Health(model=model).model_dump_json(), media_type="application/json")

    @calls.head("/readyz", response_class=Response, responses={503: {"description": _STUCK}})
    async def readyz_head(request: Request) -> Response:
        """Say whether pictures are scored, without a body."""
        return Response(status_code=503 if request.app.state.handling.room.is_stuck else 200)

    return calls
