"""Who is really there: what a proxy tells about the client, believed only from proxies the settings name."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from aiohttp import web

from lea.config import Server

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Address = IPv4Address | IPv6Address

MOST_HOPS: Final = 16
"""A longer chain is somebody's invention; what stands further left is not looked at."""


@dataclass(frozen=True, slots=True)
class Client:
    """The address the request comes from, and whether it came over TLS."""

    address: str | None
    https: bool


CLIENT = web.RequestKey("client", Client)


def client_of(request: web.BaseRequest) -> Client:
    """As the trusted proxies tell it; without one, as the socket does."""
    known = request.get(CLIENT)
    return Client(request.remote, request.secure) if known is None else known


class Proxies:
    """The proxies that are believed."""

    def __init__(self, config: Server) -> None:
        networks = [ip_network(network) for network in config.trusted_proxies]
        self._https = config.public_url.startswith("https://")

        @lru_cache(maxsize=1000)
        def trusted(address: Address) -> bool:
            return any(address in network for network in networks)

        self._trusted = trusted

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Outermost: everything behind it knows the client."""
        request[CLIENT] = self.find(request)
        return await handler(request)

    def find(self, request: web.BaseRequest) -> Client:
        """The rightmost address that is no proxy of ours: what stands left of it, anybody can have written."""
        peer = _address(request.remote or "")
        if peer is None or not self._trusted(peer):
            return Client(request.remote, self._https or request.secure)
        address = peer
        for hop in _from_the_right(request.headers.getall("X-Forwarded-For", ())):
            told = _address(hop)
            if told is None:
                break
            address = told
            if not self._trusted(told):
                break
        scheme = next(_from_the_right(request.headers.getall("X-Forwarded-Proto", ())), "")
        return Client(str(address), self._https or request.secure or scheme.lower() == "https")


def _from_the_right(lines: Iterable[str]) -> Iterator[str]:
    hops = ",".join(lines).rsplit(",", MOST_HOPS)
    return (hop.strip() for hop in reversed(hops[-MOST_HOPS:]))


@lru_cache(maxsize=1000)
def _address(text: str) -> Address | None:
    """An address as proxies write it, with or without a port; a mapped IPv4 address is itself."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
