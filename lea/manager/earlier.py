"""A request sent before: the answer it got then, or is getting from another process, told to who asks again."""

from lea.auth.permissions import Identity
from lea.bus.port import Topic
from lea.errors import Conflict, LeaError
from lea.events.answer import Snapshot
from lea.manager.ask import Ask, Services
from lea.manager.claim import Claim
from lea.store import turns as rows


class Earlier:
    """Of one turn that turns out not to be the first of its request."""

    def __init__(self, ask: Ask, identity: Identity, services: Services, claim: Claim) -> None:
        self.elsewhere = False
        """Whether another process answers this request, and only that one's word counts."""
        self._ask = ask
        self._identity = identity
        self._services = services
        self._claim = claim

    async def tell(self, topic: Topic) -> tuple[rows.StoredTurn, Topic]:
        """All but the end, to the readers of `topic`; how it ended, and where they are told now.

        Raises Conflict where the earlier request was another one, and what reading raises.
        """
        self.elsewhere = not self._services.sole  # a cut must not tell an end before it is known whose turn it is
        try:
            stored = await self._stored()
        except LeaError:
            self.elsewhere = False
            raise
        if stored.live and self.elsewhere:
            return await self._follow(stored, topic)
        self.elsewhere = False
        if stored.text:
            topic.publish(Snapshot(stored.text))
        return stored, topic

    async def _follow(self, stored: rows.StoredTurn, told: Topic) -> tuple[rows.StoredTurn, Topic]:
        """Its readers follow the other process; how the turn ended, the store tells, after a signal or a second."""
        user_id = self._identity.user_id
        topic = await self._services.elsewhere.topic(user_id, stored.turn_id, told.count, self._ask.language)
        told.hand_over(topic)
        while stored.live:
            await self._claim.wait_a_moment()
            stored = await self._stored()
        return stored, topic

    async def _stored(self) -> rows.StoredTurn:
        stored = await self._services.store.read(
            lambda connection: rows.find_by_request(connection, self._identity.user_id, self._ask.request_id)
        )
        if stored is None or stored.body_hash != self._ask.body_hash:
            raise Conflict("request_id_reused")
        return stored
