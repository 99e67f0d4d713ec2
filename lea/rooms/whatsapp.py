"""WhatsApp, where it is set up."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from lea.channels.whatsapp.erasing import Erasing
from lea.channels.whatsapp.graph import Graph
from lea.channels.whatsapp.line import Line
from lea.channels.whatsapp.profile import BELIEVED_S, CACHE, Profile, Profiles
from lea.channels.whatsapp.worker import Worker
from lea.errors import StartError
from lea.events.notice import WhatsAppChanged
from lea.handlers.keys import BUS, CHAT_LIMIT, CLOCK, CONFIG, DECISIONS, DEPENDENCIES, NOTICES, SHELF, STORE, TURNS
from lea.handlers.voice import VOICE
from lea.handlers.whatsapp import READ_ALONG, WHATSAPP
from lea.handlers.whatsapp_profile import PROFILES
from lea.ids import CompanyId, UserId, new_id
from lea.resilience.cache import LookupCache
from lea.resilience.health import Check
from lea.resilience.single_flight import SingleFlight
from lea.rooms.keys import CACHES, CALLS, TASKS
from lea.runs.coalesced import Coalesced
from lea.store.whatsapp import THREAD

PAUSE_S: Final = 0.3
"""Between two notices to those who read along."""


async def whatsapp(app: web.Application) -> AsyncIterator[None]:
    """Whoever looks after the numbers. Raises StartError where a setting is missing."""
    settings = app[CONFIG].whatsapp
    app[WHATSAPP] = None
    app[PROFILES] = None
    changes: Coalesced[CompanyId, CompanyId] = Coalesced(
        PAUSE_S, lambda company_id: app[NOTICES].tell_company(company_id, WhatsAppChanged())
    )
    app[READ_ALONG] = lambda company_id: changes.put(company_id, company_id)
    if settings.lacking:
        raise StartError(f"whatsapp.{settings.lacking[0]}: must be set, since whatsapp.company is")
    if not settings.company:
        yield
        return

    async def count(user_id: UserId) -> None:
        await app[CHAT_LIMIT].take(user_id)
        await app[CHAT_LIMIT].take_shared(user_id)

    graph = Graph(settings, app[DEPENDENCIES].get("whatsapp"))
    line = Line(
        settings=settings,
        store=app[STORE],
        clock=app[CLOCK],
        turns=app[TURNS],
        decisions=app[DECISIONS],
        graph=graph,
        shelf=app[SHELF],
        listening=app[VOICE],
        count=count,
        changed=app[READ_ALONG],
        language=app[CONFIG].server.language,
    )
    app[WHATSAPP] = worker = Worker(line, new_id("p"))
    app[TURNS].watch(lambda _: worker.answered())
    app[BUS].hear("ended", lambda signal: worker.answered() if signal["thread_id"].startswith(THREAD) else None)
    app[PROFILES] = _profiles(app, graph)
    working = app[TASKS].spawn("whatsapp.work", worker.keep_working())
    erasing = app[TASKS].spawn("whatsapp.erase", Erasing(settings, app[STORE], app[CLOCK]).keep_erasing())
    yield
    erasing.cancel()
    working.cancel()
    await worker.aclose()
    await graph.aclose()


def _profiles(app: web.Application, graph: Graph) -> Profiles:
    number_id = app[CONFIG].whatsapp.phone_number_id
    cache: LookupCache[Profile] = LookupCache(CACHE, app[CLOCK], SingleFlight(app[CALLS]), size=1, ttl_s=BELIEVED_S)
    app[CACHES].add(cache)
    return Profiles(graph, number_id, cache, lambda: app[CACHES].drop(CACHE, number_id))


def whatsapp_checks(app: web.Application) -> dict[str, Check]:
    """What `/health` says: nobody is asked, since every message sent tells."""
    if not app[CONFIG].whatsapp.company:
        return {}
    return {
        "whatsapp": Check(
            _nothing, vital=False, detail="Cloud API", impaired=app[DEPENDENCIES].get("whatsapp").impaired
        )
    }


async def _nothing() -> None:
    """There is nobody to ask."""
