"""WhatsApp, where it is set up."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.channels.whatsapp.graph import Graph
from lea.channels.whatsapp.line import Line
from lea.channels.whatsapp.worker import Worker
from lea.errors import StartError
from lea.handlers.keys import BUS, CHAT_LIMIT, CLOCK, CONFIG, DECISIONS, DEPENDENCIES, SHELF, STORE, TURNS
from lea.handlers.whatsapp import WHATSAPP
from lea.ids import UserId, new_id
from lea.resilience.health import Check
from lea.rooms.keys import TASKS
from lea.store.whatsapp import THREAD


async def whatsapp(app: web.Application) -> AsyncIterator[None]:
    """Whoever looks after the numbers. Raises StartError where a setting is missing."""
    settings = app[CONFIG].whatsapp
    app[WHATSAPP] = None
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
        count=count,
        language=app[CONFIG].server.language,
    )
    app[WHATSAPP] = worker = Worker(line, new_id("p"))
    app[TURNS].watch(lambda _: worker.answered())
    app[BUS].hear("ended", lambda signal: worker.answered() if signal["thread_id"].startswith(THREAD) else None)
    working = app[TASKS].spawn("whatsapp.work", worker.keep_working())
    yield
    working.cancel()
    await worker.aclose()
    await graph.aclose()


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
