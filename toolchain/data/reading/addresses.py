"""Addresses of pictures, as far as they can be judged without asking anybody."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Return the host of an http or https address in lower case, "" where ``url`` is none."""
    if " " in url or not url.isprintable():  # all other white space is not printable
        return ""
    try:
        parts = urlsplit(url)
        return (parts.hostname or "") if parts.scheme in {"http", "https"} and _port_is_one(parts.port) else ""
    except ValueError:  # an IPv6 address that is none, or a port
        return ""


def _port_is_one(port: int | None) -> bool:
    return port is None or port > 0
