"""Which addresses may be connected to: public ones, and what the user names.

A list of addresses from the net must not make this machine talk to its own services or its neighbours'.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from models.errors import UserError

Address = IPv4Address | IPv6Address

_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""Where IPv6 addresses of the open internet are; NAT64, IPv4-mapped, local and link-local ones lie outside."""

_NEVER = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments (RFC 6890)
    IPv4Network("192.88.99.0/24"),  # relays of 6to4 (RFC 7526)
    IPv6Network("2001::/23"),  # protocol assignments, Teredo among them (RFC 2928, 4380)
    IPv6Network("2002::/16"),  # 6to4, which carries an IPv4 address (RFC 3056)
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)
"""What some versions of ``ipaddress`` take for global."""


@dataclass(frozen=True)
class Exemption:
    """A place that may be connected to wherever it is: a host with its port, or a network with every port."""

    host: str = ""
    port: int = 0
    network: IPv4Network | IPv6Network | None = None


def read_exemption(text: str) -> Exemption:
    """Return what "localhost:8000", "[::1]:8000" or "10.0.0.0/8" names.

    Raises:
        UserError: it is none of these.
    """
    if "/" in text:
        try:
            return Exemption(network=ip_network(text))
        except ValueError as error:
            raise UserError("--allow-private", f"not a network ({error})", "Write it as 10.0.0.0/8.") from error
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UserError(
            "--allow-private", f"neither HOST:PORT nor a network (got {text!r})", "Write it as 127.0.0.1:8000."
        )
    return Exemption(host=host.strip("[]").lower(), port=int(port))


def is_public(address: Address) -> bool:
    """Return whether the address is one of the open internet, by the registries that ``ipaddress`` knows."""
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_link_local)


def may_connect(host: str, port: int, address: str, exemptions: Iterable[Exemption]) -> bool:
    """Return whether ``address``, which ``host`` was resolved to, may be connected to on this port."""
    resolved = ip_address(address.partition("%")[0])
    if is_public(resolved):
        return True
    return any(
        resolved in one.network if one.network is not None else (one.host, one.port) == (host.lower(), port)
        for one in exemptions
    )
