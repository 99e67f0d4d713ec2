"""How often one may try to sign in: counted per account and per address, before any password is looked at."""

from ipaddress import IPv6Address, ip_address

from lea.clock import Clock
from lea.config import Limits
from lea.errors import TooMany
from lea.resilience.limits import RateLimit


class Attempts:
    """Attempts in this process, in moving windows of `limits.login_window` seconds."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._accounts = RateLimit("login-account", limits.login_per_account, limits.login_window, clock)
        self._addresses = RateLimit("login-address", limits.login_per_address, limits.login_window, clock)

    async def count(self, email: str, address: str | None) -> None:
        """Count one attempt. Raises TooMany with the seconds until the next one is allowed."""
        await _take(self._addresses, _network(address))
        await _take(self._accounts, email)

    async def forgive(self, email: str) -> None:
        """Forget an account's attempts after it signed in; its address keeps them, or one account would free all."""
        await self._accounts.forgive(email)


async def _take(limit: RateLimit, name: str) -> None:
    hit = await limit.hit(name)
    if not hit.allowed:
        raise TooMany("login_limited", retry_after_s=hit.reset_s, seconds=hit.reset_s)


def _network(address: str | None) -> str:
    """One name for all addresses a single IPv6 subscriber holds."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or f"{IPv6Address(int(parsed) >> 64 << 64)}/64")
