"""Builds the application out of its rooms.

What is opened first is closed last, each beside its opening.
"""

import asyncio
from pathlib import Path

from aiohttp import web

from lea.auth.secret import load_secret
from lea.config import Config
from lea.drill.target import Target
from lea.handlers import (
    actions,
    admin,
    admin_drills,
    admin_keys,
    admin_users,
    admin_views,
    analytics,
    attachments,
    auth,
    budgets,
    catalog,
    catalog_enrich,
    catalog_extract,
    catalog_items,
    chat,
    completions,
    completions_models,
    costs,
    drill,
    events,
    feedback,
    jobs,
    operators,
    runs,
    schedules,
    sessions,
    suggestions,
    threads,
    transactions,
    transactions_parts,
    voice,
    webhooks,
    webhooks_log,
    whatsapp,
    whatsapp_admin,
    whatsapp_conversations,
    whatsapp_inbox,
    whatsapp_profile,
)
from lea.handlers.admins import Admins
from lea.handlers.cors import Cors
from lea.handlers.headers import tell_browsers
from lea.handlers.identity import identify, page_cookies
from lea.handlers.keys import (
    ADMINS,
    CLOCK,
    CONFIG,
    HEALTH,
    RELAYS,
    STREAMS,
    TURNS,
)
from lea.handlers.observe import observe
from lea.handlers.openapi import add_documents
from lea.handlers.operators import STARTED_AT
from lea.handlers.page import add_page
from lea.handlers.problems import OTHER_BODIES, SERVER_LANGUAGE, problems
from lea.handlers.proxies import Proxies
from lea.handlers.routes import IDENTIFY
from lea.handlers.sse import Streams
from lea.resilience.bounds import Most
from lea.rooms.accounts import accounts
from lea.rooms.acting import described, registry
from lea.rooms.catalog import catalog as catalog_room
from lea.rooms.core import Adapters, core
from lea.rooms.drilling import drilling
from lea.rooms.hooks import hooks, listening
from lea.rooms.keys import CALLS, REGISTRY, TARGET, TASKS
from lea.rooms.plugged import PLUGGED, plugged
from lea.rooms.records import records
from lea.rooms.running import running
from lea.rooms.scheduling import scheduling
from lea.rooms.sharing import bus, state
from lea.rooms.storage import store
from lea.rooms.tracing import tracing
from lea.rooms.voice import voice as voice_room
from lea.rooms.whatsapp import whatsapp as whatsapp_room
from lea.store.engine import make_folder
from lea.tasks import TaskOwner

STATIC = Path(__file__).parent.parent / "static"
GROUPS = [
    auth.routes,
    chat.routes,
    voice.routes,
    completions.routes,
    completions_models.routes,
    attachments.routes,
    events.routes,
    threads.routes,
    feedback.routes,
    sessions.routes,
    actions.routes,
    operators.routes,
    admin.routes,
    costs.routes,
    analytics.routes,
    suggestions.routes,
    budgets.routes,
    drill.routes,
    admin_views.routes,
    admin_users.routes,
    admin_keys.routes,
    admin_drills.routes,
    transactions.routes,
    transactions_parts.routes,
    catalog.routes,
    catalog_extract.routes,
    catalog_enrich.routes,
    catalog_items.routes,
    jobs.routes,
    runs.routes,
    schedules.routes,
    webhooks.routes,
    webhooks_log.routes,
    whatsapp.routes,
    whatsapp_admin.routes,
    whatsapp_inbox.routes,
    whatsapp_conversations.routes,
    whatsapp_profile.routes,
]


def create_app(config: Config, adapters: Adapters | None = None) -> web.Application:
    """The whole server, ready to be run. Raises StartError, also while it starts."""
    adapters = adapters or Adapters()
    make_folder(config.database)
    secret = load_secret(config)
    proxies = Proxies(config.server)
    app = web.Application(middlewares=[proxies.middleware, observe, problems], client_max_size=config.server.max_body)
    app.on_response_prepare.append(tell_browsers)
    page_cookies(app, secret, config)
    app[CONFIG] = config
    app[SERVER_LANGUAGE] = config.server.language
    app[CLOCK] = adapters.clock
    app[STARTED_AT] = adapters.clock.monotonic()
    app[TASKS], app[CALLS] = TaskOwner(), TaskOwner()
    app[TARGET] = Target()
    app[PLUGGED] = plugged(config)
    app[REGISTRY] = registry(app, adapters.actions)
    app[STREAMS] = Streams(config.server, _most_streams(config), app[TASKS])
    app[ADMINS] = Admins()
    app[IDENTIFY] = identify
    app[OTHER_BODIES] = completions.OTHER_BODIES
    for group in GROUPS:
        for route in group.all:
            if route.method == "GET" and route.answer != "text/event-stream":
                app.router.add_get(route.path, route.handler)  # HEAD too
            else:
                app.router.add_route(route.method, route.path, route.handler)
    Cors(config.server.cors_origins, GROUPS).install(app)
    add_documents(app, GROUPS, lambda: described(app[REGISTRY]))
    add_page(app, STATIC)
    app.cleanup_ctx.extend(
        [
            tracing(config),
            store,
            catalog_room,
            state(config),
            bus,
            accounts(secret),
            listening,
            core(adapters),
            drilling,
            records,
            running(adapters),
            scheduling,
            voice_room,
            whatsapp_room,
            hooks(secret),
        ]
    )
    app.on_shutdown.extend([_end_streams, _end_calls])
    return app


async def drain(app: web.Application) -> None:
    """Before the server closes: no new turns, the live ones end within the grace."""
    app[HEALTH].leaving = True
    grace = app[CONFIG].server.shutdown_grace
    await asyncio.gather(app[TURNS].drain(grace), app[RELAYS].drain(grace))


def _most_streams(config: Config) -> Most:
    return Most(config.limits.streams_per_user, config.limits.streams_per_company, config.limits.streams)


async def _end_streams(app: web.Application) -> None:
    app[STREAMS].close_all()


async def _end_calls(app: web.Application) -> None:
    await app[CALLS].aclose()
