"""A request's body into memory, counted as it comes: what Content-Length says is believed only where it is too much."""

from starlette.requests import ClientDisconnect, Request

from toolchain.serving.refusals import Refused
from toolchain.serving.room import Place

MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp")
_ALSO_TAKEN = ("", "application/octet-stream", "application/x-www-form-urlencoded")
"""What clients say who do not say what they send; the last is curl's default."""


def check_media_type(header: str) -> None:
    """Refuse a Content-Type that announces anything but a picture of ours; what it really is, its bytes say later.

    Raises:
        Refused: it does.
    """
    kind = header.partition(";")[0].strip().lower()
    if kind not in (*MEDIA_TYPES, *_ALSO_TAKEN):
        known = ", ".join(MEDIA_TYPES)
        raise Refused("wrong_type", f"send the picture itself as the body, as one of {known} (got {kind[:80]})")


def check_encoding(header: str) -> None:
    """Refuse a Content-Encoding: a body that is packed is no picture.

    Raises:
        Refused: there is one.
    """
    kind = header.strip().lower()
    if kind not in ("", "identity"):
        raise Refused("wrong_type", f"send the picture without a Content-Encoding (got {kind[:80]})")


async def read_body(request: Request, limit: int, place: Place) -> bytes:
    """Return the body, of at most ``limit`` bytes.

    Raises:
        Refused: it is longer, the server holds too much already, or the client hung up.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > limit:
        raise _too_large(limit)
    chunks: list[bytes] = []
    try:
        async for chunk in request.stream():
            if place.held + len(chunk) > limit:
                raise _too_large(limit)
            place.hold(len(chunk))
            chunks.append(chunk)
    except ClientDisconnect:
        raise Refused("hung_up", "the client hung up") from None
    return b"".join(chunks)


def _too_large(limit: int) -> Refused:
    return Refused("too_large", f"the body has more than {limit:,} bytes")
