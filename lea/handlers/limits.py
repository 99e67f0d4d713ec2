"""How often a person may ask the model: counted before the first byte, told in headers."""

from lea.clock import Clock
from lea.config import Limits
from lea.errors import TooMany
from lea.ids import UserId
from lea.resilience.limits import Hit, RateLimit


class ChatLimit:
    """`limits.chat_per_minute` for each user, over everything that asks the model."""

    def __init__(self, config: Limits, clock: Clock) -> None:
        self._limit = RateLimit("chat", config.chat_per_minute, 60, clock)

    async def take(self, user_id: UserId) -> dict[str, str]:
        """Count one request; the headers that tell what is left. Raises TooMany with them."""
        hit = await self._limit.hit(user_id)
        headers = self._headers(hit)
        if hit.allowed:
            return headers
        raise TooMany(retry_after_s=hit.reset_s, headers=headers, seconds=hit.reset_s)

    def _headers(self, hit: Hit) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Policy": f'"chat";q={self._limit.limit};w={self._limit.window_s}',
            "RateLimit": f'"chat";r={hit.remaining};t={hit.reset_s}',
        }
