"""Who is calling."""

from collections.abc import AsyncIterator
from dataclasses import asdict

from aiohttp import web
from sqlalchemy import Connection

from lea.auth.standing import Standing
from lea.auth.wiring import auth_service
from lea.handlers.keys import (
    AUTH,
    BUS,
    CLOCK,
    CONFIG,
    STORE,
    STREAMS,
)
from lea.ids import CompanyId
from lea.records.sample import load_sample
from lea.resilience.single_flight import SingleFlight
from lea.rooms.keys import CACHES, TASKS, Room
from lea.runs.catalog.sample import load_sample_catalog


def accounts(secret: bytes) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        clock = app[CLOCK]

        def sample(connection: Connection, company_id: CompanyId) -> None:
            load_sample(connection, company_id, clock.now())
            load_sample_catalog(connection, company_id, clock.now())

        flights = SingleFlight(app[TASKS])
        app[AUTH] = auth_service(
            app[CONFIG], store=app[STORE], clock=clock, flights=flights, secret=secret, load_sample=sample
        )
        identities = app[AUTH].identities
        for cache in identities.caches:
            app[CACHES].add(cache)
        identities.on_end = lambda family: app[BUS].send("signed_out", {"family": family})
        app[BUS].hear("signed_out", lambda signal: identities.end_here(str(signal["family"])))
        identities.forget_key = lambda key: app[CACHES].drop("key", key)
        standings = identities.standings
        standings.on_change = lambda now: app[BUS].send("account", asdict(now))
        standings.on_rights = app[STREAMS].close_of
        app[BUS].hear("account", lambda signal: standings.change_here(Standing(**signal)))
        app[TASKS].spawn("signins.look", identities.keep_looking())
        yield
        app[AUTH].close()

    return room
