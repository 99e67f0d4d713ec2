"""What people want asked at set times."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from lea.asking.due import Dues
from lea.asking.pipeline import ScheduledAsk
from lea.errors import BadRequest, StartError
from lea.handlers.keys import CHAT_LIMIT, CLOCK, CONFIG, DUES, NOTICES, RUNS, STORE, TURNS
from lea.ids import UserId
from lea.rooms.keys import TASKS
from lea.schedules.zones import zone


async def scheduling(app: web.Application) -> AsyncIterator[None]:
    """Whoever looks for what is due: every process, also one that leaves the runs to workers.

    Raises StartError for a time zone nobody knows.
    """
    settings = app[CONFIG].schedules
    try:
        await asyncio.to_thread(zone, settings.time_zone)
    except BadRequest:
        raise StartError(f"schedules.time_zone: {settings.time_zone!r} is no time zone this system knows") from None
    app[DUES] = dues = Dues(app[STORE], app[CLOCK], app[RUNS], app[NOTICES], settings.late)
    looking = app[TASKS].spawn("schedules.look", dues.keep_looking())
    yield
    looking.cancel()


def scheduled_ask(app: web.Application) -> ScheduledAsk:
    """The run that asks."""

    async def count(user_id: UserId) -> None:
        await app[CHAT_LIMIT].take(user_id)
        await app[CHAT_LIMIT].take_shared(user_id)

    return ScheduledAsk(app[STORE], app[TURNS], app[CLOCK], count, app[NOTICES].tell)
