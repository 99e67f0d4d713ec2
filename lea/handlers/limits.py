"""How often a person may ask the model: counted before the first byte, told in headers.

What processes share is counted after the first byte, since nothing before it may wait for Redis; there a refusal is
told in the stream.
"""

from lea.bus.port import Bus, Topic
from lea.clock import Clock
from lea.config import Limits
from lea.errors import LeaError, TooMany
from lea.events.answer import Connecting
from lea.ids import MessageId, UserId, derived_id
from lea.manager.ask import Ask
from lea.manager.outcome import Outcome
from lea.resilience.limits import Hit, RateLimit
from lea.state.port import State


class ChatLimit:
    """`limits.chat_per_minute` for each user, over everything that asks the model."""

    def __init__(self, config: Limits, clock: Clock, state: State) -> None:
        self._limit = RateLimit("chat", config.chat_per_minute, 60, clock)
        self._state = state

    async def take(self, user_id: UserId) -> dict[str, str]:
        """Count one request of this process; the headers that tell what is left. Raises TooMany with them."""
        return self._told(await self._limit.hit(user_id))

    async def take_shared(self, user_id: UserId) -> dict[str, str]:
        """Count the same request over all processes. Raises TooMany, and then `take` never was.

        Empty, and nothing is refused, with nobody to share with, or while they cannot be reached.
        """
        limit = self._limit
        hit = await self._state.hit(limit.label, user_id, limit.limit, limit.window_s) if self._state.shared else None
        if hit is None:
            return {}
        if not hit.allowed:
            limit.take_back(user_id)
        return self._told(hit)

    async def left(self, user_id: UserId) -> tuple[int, int]:
        """How many a minute, and how many of them are left at this process; nothing is counted."""
        return self._limit.limit, await self._limit.left(user_id)

    def _told(self, hit: Hit) -> dict[str, str]:
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


def refusal(bus: Bus, ask: Ask, error: LeaError) -> Topic:
    """What is told instead of a turn, once no status can be."""
    outcome = Outcome(ask.turn_id, ask.thread_id, MessageId(derived_id("m", ask.turn_id, "assistant")))
    outcome.fail(error)
    failed = outcome.failed_event(ask.language)
    assert failed is not None
    return bus.retold(ask.turn_id, [Connecting(ask.thread_id, ask.turn_id), failed, outcome.done()], last=3)
