"""What admins do with their company's webhooks."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from lea.clock import Clock
from lea.errors import Conflict
from lea.hooks.addresses import checked
from lea.hooks.signing import secret_of, shown
from lea.ids import CompanyId, new_id
from lea.store import hooks, hooks_log, hooks_outbox
from lea.store.acts import Connection
from lea.store.engine import Store
from lea.store.hooks import Webhook
from lea.store.hooks_log import Delivery

BATCHES: Final = 10


@dataclass(frozen=True, slots=True)
class Made:
    """A webhook with its secret, told this once."""

    webhook: Webhook
    secret: str


class Hooks:
    """`changed` drops what processes remember of a company; `wake` has what is due sent at once."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        key: bytes,
        changed: Callable[[CompanyId], None],
        wake: Callable[[], None],
        *,
        private: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._key = key
        self._changed = changed
        self.wake = wake
        self._private = private

    async def create(self, company_id: CompanyId, values: dict[str, Any]) -> Made:
        """Raises BadRequest for the address, Conflict(`too_many_webhooks`)."""
        values = values | {"url": checked(values["url"], private=self._private)}
        webhook_id, now = new_id("wh"), self._clock.now()
        self._changed(
            company_id
        )  # before it is there, so that nothing that ends after it is missed; and for others after
        webhook = await self._store.write(
            lambda connection: hooks.create(connection, company_id, webhook_id, values, now)
        )
        self._changed(company_id)
        return self._made(webhook)

    async def change(self, company_id: CompanyId, webhook_id: str, values: dict[str, Any]) -> Webhook:
        """Raises BadRequest for the address, NotFound."""
        if "url" in values:
            values = values | {"url": checked(values["url"], private=self._private)}
        now = self._clock.now()
        webhook = await self._store.write(
            lambda connection: hooks.change(connection, company_id, webhook_id, values, now)
        )
        self.wake()
        return webhook

    async def rotate(self, company_id: CompanyId, webhook_id: str) -> Made:
        """Another secret; the one before counts for a day more. Raises NotFound."""
        now = self._clock.now()
        unit = partial(hooks.rotate, company_id=company_id, webhook_id=webhook_id, now=now)
        return self._made(await self._store.write(unit))

    async def remove(self, company_id: CompanyId, webhook_id: str) -> None:
        """Raises NotFound."""
        await self._store.write(lambda connection: hooks.remove(connection, company_id, webhook_id))
        self._changed(company_id)

    async def ping(self, company_id: CompanyId, webhook_id: str) -> Delivery:
        """Send something that says nothing, also where it is switched off. Raises NotFound."""
        now = self._clock.now()

        def unit(connection: Connection) -> Delivery:
            hooks.find(connection, company_id, webhook_id)
            delivery_id = hooks_outbox.ping(connection, company_id, webhook_id, now)
            return hooks_log.find(connection, company_id, webhook_id, delivery_id)

        made = await self._store.write(unit)
        self._changed(company_id)
        self.wake()
        return made

    async def replay(self, company_id: CompanyId, webhook_id: str, delivery_id: str) -> Delivery:
        """The same event once more. Raises NotFound, Conflict(`webhook_disabled`)."""
        now = self._clock.now()

        def unit(connection: Connection) -> Delivery:
            _enabled(connection, company_id, webhook_id)
            return hooks_log.replay(connection, company_id, webhook_id, delivery_id, now)

        replayed = await self._store.write(unit)
        self.wake()
        return replayed

    async def replay_failed(self, company_id: CompanyId, webhook_id: str, since: float) -> tuple[int, bool]:
        """Everything that failed since then; how many, and whether there may be more. As `replay`."""
        now = self._clock.now()

        def unit(connection: Connection) -> int:
            _enabled(connection, company_id, webhook_id)
            return hooks_log.replay_failed(connection, company_id, webhook_id, since, now)

        replayed = 0
        for _ in range(BATCHES):
            count = await self._store.write(unit)
            replayed += count
            self.wake()
            if count < hooks_log.BATCH:
                return replayed, False
        return replayed, True

    def _made(self, webhook: Webhook) -> Made:
        return Made(webhook, shown(secret_of(self._key, webhook.id, webhook.generation)))


def _enabled(connection: Connection, company_id: CompanyId, webhook_id: str) -> None:
    if not hooks.find(connection, company_id, webhook_id).enabled:
        raise Conflict("webhook_disabled")
