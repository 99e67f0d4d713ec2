"""The drill, which ends with the server."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.drill.drills import Drills
from lea.drill.provider import DrillProvider
from lea.handlers.keys import (
    AUTH,
    CLOCK,
    DRILLS,
    STORE,
    TURNS,
)
from lea.ids import CompanyId
from lea.rooms.keys import CACHES, TARGET, TASKS
from lea.store.drill import Removed


async def drilling(app: web.Application) -> AsyncIterator[None]:
    app[TASKS].spawn("drill.left_over", app[DRILLS].clean_up())
    yield
    await app[DRILLS].close("shutdown")


def drills(app: web.Application, provider: DrillProvider) -> Drills:
    def forget(company_id: CompanyId, removed: Removed) -> None:
        for key_id in removed.keys:
            app[CACHES].drop("key", key_id.removeprefix("key_"))
        for user_id, thread_id in removed.threads:
            app[TURNS].forget(user_id, company_id, thread_id)

    return Drills(
        app[TARGET],
        provider,
        store=app[STORE],
        enrolment=app[AUTH].enrolment,
        clock=app[CLOCK],
        tasks=app[TASKS],
        on_removed=forget,
    )
