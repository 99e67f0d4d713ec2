"""Where a webhook may lead: only to addresses anybody on the internet can reach, checked where one is connected to."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import socket
from typing import Any, Final

from yarl import URL

from lea.errors import BadRequest

MOST: Final = 2000
NAT64: Final = ip_network("64:ff9b::/96")
INSIDE: Final = [ip_network(one) for one in ("168.63.129.16/32", "192.0.0.0/24", "fec0::/10", "64:ff9b:1::/48")]
"""Global as far as `ipaddress` knows, but answered from within: by the machine's host, by its cloud, by its site."""


class NotPublic(OSError):
    """Nobody connects to this address for a webhook."""


def public(address: str) -> bool:
    """Whether it is an address of the internet, and not one within another: mapped, translated, or tunnelled."""
    found = ip_address(address.partition("%")[0])
    return all(_global(one) for one in _meant(found))


def public_socket(info: tuple[Any, ...]) -> socket:
    """A socket for an address as `getaddrinfo` tells it, right before it is connected. Raises NotPublic."""
    family, kind, protocol, _, where = info
    if not public(where[0]):
        raise NotPublic(f"{where[0]} is not public")
    return socket(family, kind, protocol)


def checked(url: str, *, private: bool) -> str:
    """An address to be told at, as it will be used. Raises BadRequest(`webhook_url`, `webhook_address`).

    A name is looked up when it is connected to, for what it means may change; `private` allows every address, and http.
    """
    try:
        found = URL(url)
        usable = found.scheme == "https" or (private and found.scheme == "http")
        whole = str(found)
    except ValueError:
        usable, whole = False, ""
    if not usable or not found.host or found.user or found.password or found.fragment or len(whole) > MOST:
        raise _wrong("webhook_url")
    if not private and _inside(found.host):
        raise _wrong("webhook_address")
    return whole


def _global(one: IPv4Address | IPv6Address) -> bool:
    within = any(one in network for network in INSIDE)
    return one.is_global and not (one.is_multicast or one.is_reserved or within)


def _inside(host: str) -> bool:
    """As far as the name itself tells."""
    try:
        return not public(host)
    except ValueError:
        name = host.rstrip(".").lower()
        return name == "localhost" or name.endswith(".localhost")


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address in NAT64:
        return [IPv4Address(int(address) & 0xFFFF_FFFF)]
    return [address] if address.sixtofour is None else [address, address.sixtofour]


def _wrong(code: str) -> BadRequest:
    return BadRequest(code, errors=[{"path": "url", "message": code}])
