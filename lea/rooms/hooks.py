"""Webhooks: who listens, and who sends."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.auth.secret import derived_key
from lea.errors import LeaError
from lea.events.notice import WebhookSwitchedOff
from lea.handlers.keys import CLOCK, CONFIG, NOTICES, STORE, TURNS
from lea.handlers.webhooks import HOOKS
from lea.hooks.hooks import Hooks
from lea.hooks.listening import Listening
from lea.hooks.sending import Sender
from lea.hooks.worker import Worker
from lea.ids import CompanyId, new_id
from lea.rooms.keys import CACHES, LISTENING, TASKS, Room
from lea.store import hooks as rows


async def listening(app: web.Application) -> AsyncIterator[None]:
    """Before there are turns: what they ask at their end."""
    app[LISTENING] = Listening(app[STORE], app[CLOCK])
    app[CACHES].add(app[LISTENING])
    yield


def hooks(secret: bytes) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        key, private = derived_key(secret, "webhooks"), app[CONFIG].webhooks.allow_private
        store, clock, companies = app[STORE], app[CLOCK], app[LISTENING]

        async def tell(company_id: CompanyId, event: WebhookSwitchedOff) -> None:
            try:
                admins = await store.read(lambda connection: rows.admins(connection, company_id))
            except LeaError:
                return  # the page shows it when it is next looked at
            for user_id in admins:
                app[NOTICES].tell(user_id, event)

        def switched_off(company_id: CompanyId, webhook_id: str, why: str) -> None:
            app[TASKS].spawn("webhook.tell", tell(company_id, WebhookSwitchedOff(webhook_id, why)))

        sender = Sender(key, clock, private=private)
        worker = Worker(store, clock, companies, sender, new_id("p"), switched_off)

        def wake(company_id: CompanyId) -> None:
            if company_id in companies:
                worker.wake()

        def changed(company_id: CompanyId) -> None:
            app[CACHES].drop(Listening.name, company_id)

        app[HOOKS] = Hooks(store, clock, key, changed, worker.wake, private=private)
        app[NOTICES].watch(lambda company_id, _: wake(company_id))
        app[TURNS].watch(wake)
        working = app[TASKS].spawn("webhooks.work", worker.keep_working())
        yield
        working.cancel()
        await worker.aclose()

    return room
