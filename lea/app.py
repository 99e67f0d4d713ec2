"""Builds the application: the only module that names concrete classes.

What is opened first is closed last, each beside its opening.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from aiohttp import web
from pydantic import SecretStr
from sqlalchemy import Connection

from lea.auth.permissions import Identity
from lea.auth.secret import load_secret
from lea.auth.wiring import auth_service
from lea.bus.caches import Caches
from lea.bus.memory import MemoryBus
from lea.bus.port import Bus
from lea.clock import Clock, SystemClock
from lea.config import Config, Llm
from lea.drill.drills import Drills
from lea.drill.provider import DrillProvider
from lea.drill.source import DrillSource
from lea.drill.state import DrillState
from lea.drill.store import DrillStore
from lea.drill.target import Target
from lea.errors import StartError
from lea.handlers import admin, admin_views, auth, chat, drill, events, operators, sessions, threads
from lea.handlers.admin_views import ATTRIBUTION
from lea.handlers.admins import Admins
from lea.handlers.cors import Cors
from lea.handlers.headers import tell_browsers
from lea.handlers.identity import identify, page_cookies
from lea.handlers.keys import (
    ADMINS,
    AUTH,
    BUS,
    CHAT_LIMIT,
    CLOCK,
    CONFIG,
    DEPENDENCIES,
    DRILLS,
    FOLLOWING,
    HEALTH,
    LINK,
    MANAGER,
    NOTICES,
    PROVIDER,
    STATE,
    STORE,
    STREAMS,
    TURNS,
)
from lea.handlers.limits import ChatLimit
from lea.handlers.observe import observe
from lea.handlers.openapi import add_documents
from lea.handlers.operators import STARTED_AT
from lea.handlers.page import add_page
from lea.handlers.problems import SERVER_LANGUAGE, problems
from lea.handlers.proxies import Proxies
from lea.handlers.routes import IDENTIFY
from lea.handlers.sse import Streams
from lea.ids import CompanyId, new_id
from lea.llm.failover import Failover
from lea.llm.guarded import Guarded
from lea.llm.local import LocalEngine
from lea.llm.openai import OpenAIClient
from lea.llm.provider import Provider
from lea.llm.stream import OpenAIStream
from lea.manager.ask import Services
from lea.manager.attribution import Attribution
from lea.manager.checkpointer import Checkpointer
from lea.manager.elsewhere import Elsewhere
from lea.manager.following import Following
from lea.manager.leases import Leases
from lea.manager.manager import LLMManager
from lea.manager.notices import Notices
from lea.manager.outcome import estimate_unfinished
from lea.manager.snapshots import Snapshots
from lea.manager.turns import Turns
from lea.records.sample import load_sample
from lea.resilience.bounds import Most
from lea.resilience.dependency import Dependencies
from lea.resilience.health import Check, Health
from lea.resilience.http import HttpClient
from lea.resilience.loop import LoopWatch
from lea.resilience.single_flight import SingleFlight
from lea.sources.facts import CompanyFacts
from lea.sources.guarded import GuardedSource
from lea.sources.source import Source
from lea.sources.sql import SqlSource
from lea.state.memory import MemoryState
from lea.store import accounts, migrate
from lea.store import threads as threads_of
from lea.store.checkpoints import Unfinished, interrupt
from lea.store.drill import Removed
from lea.store.engine import Store, make_folder
from lea.tasks import TaskOwner

FALLBACK = "fallback"
"""How the model of `llm_fallback` is called in `done.provider`."""
STATIC = Path(__file__).parent.parent / "static"
GROUPS = [
    auth.routes,
    chat.routes,
    events.routes,
    threads.routes,
    sessions.routes,
    operators.routes,
    admin.routes,
    drill.routes,
    admin_views.routes,
]

log = structlog.get_logger()

Room = Callable[[web.Application], AsyncIterator[None]]
"""Opens something, yields, closes it."""

TASKS = web.AppKey("tasks", TaskOwner)
CACHES = web.AppKey("caches", Caches)
TARGET = web.AppKey("target", Target)


@dataclass(frozen=True, slots=True)
class Adapters:
    """What a test or a benchmark replaces by another real part; nothing is patched."""

    clock: Clock = field(default_factory=SystemClock)
    source: Callable[[Store], Source] = SqlSource
    provider: Callable[[Config], Provider] | None = None


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
    app[TASKS] = TaskOwner()
    app[TARGET] = Target()
    app[STREAMS] = Streams(config.server, _most_streams(config), app[TASKS])
    app[ADMINS] = Admins()
    app[IDENTIFY] = identify
    for group in GROUPS:
        for route in group.all:
            if route.method == "GET" and route.answer != "text/event-stream":
                app.router.add_get(route.path, route.handler)  # HEAD too
            else:
                app.router.add_route(route.method, route.path, route.handler)
    Cors(config.server.cors_origins, GROUPS).install(app)
    add_documents(app, GROUPS)
    add_page(app, STATIC)
    app.cleanup_ctx.extend([_store, _state(config), _bus, _auth(secret), _core(adapters), _drill])
    app.on_shutdown.append(_end_streams)
    return app


async def drain(app: web.Application) -> None:
    """Before the server closes: no new turns, the live ones end within the grace."""
    app[HEALTH].leaving = True
    await app[TURNS].drain(app[CONFIG].server.shutdown_grace)


async def _store(app: web.Application) -> AsyncIterator[None]:
    writing = TaskOwner()
    store = DrillStore(app[CONFIG].database, writing, app[TARGET])
    app[STORE] = store
    clock = app[CLOCK]

    def prepare(connection: Connection) -> int:
        migrate.upgrade(connection)
        if not store.sole:  # what is live there may be another process's; its lease tells
            return 0
        hint = _price_hint(app[CONFIG])
        return len(interrupt(connection, None, lambda left: estimate_unfinished(left, hint(left)), clock.now()))

    try:
        left = await store.prepare(prepare)
    except BaseException:
        await store.aclose()
        raise
    if left:
        log.warning("turns.found_interrupted", count=left)
    yield
    await app[TASKS].aclose()  # they read from the store until they end
    await store.aclose()
    await writing.aclose()


def _auth(secret: bytes) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        clock = app[CLOCK]

        def sample(connection: Connection, company_id: CompanyId) -> None:
            load_sample(connection, company_id, clock.now())

        flights = SingleFlight(app[TASKS])
        app[AUTH] = auth_service(
            app[CONFIG], store=app[STORE], clock=clock, flights=flights, secret=secret, load_sample=sample
        )
        identities = app[AUTH].identities
        for cache in identities.caches:
            app[CACHES].add(cache)
        identities.on_end = lambda family: app[BUS].send("signed_out", {"family": family})
        app[BUS].hear("signed_out", lambda signal: identities.end_here(str(signal["family"])))
        yield
        app[AUTH].close()

    return room


def _state(config: Config) -> Room:
    """Memory's, or Redis': `redis` is an extra, and imported only for an address of it. Raises StartError."""
    url = config.state.redis
    if url is None:
        return _memory_state
    try:
        from lea.resilience.redis import RedisLink
        from lea.state.redis import RedisState
    except ModuleNotFoundError as error:
        if error.name != "redis":
            raise
        raise StartError("state.url: needs the redis extra: pip install 'lea[redis]'") from None

    async def room(app: web.Application) -> AsyncIterator[None]:
        probing = TaskOwner()
        link = RedisLink(url, probing)
        state = RedisState(link, app[TASKS], app[CLOCK])
        app[LINK] = link
        app[STATE] = shared = DrillState(state, app[TARGET])
        app[CHAT_LIMIT] = ChatLimit(config.limits, app[CLOCK], shared)
        await link.start()
        yield
        await state.aclose()
        await probing.aclose()
        await link.aclose()

    return room


async def _memory_state(app: web.Application) -> AsyncIterator[None]:
    app[LINK] = None
    app[STATE] = state = MemoryState()
    app[CHAT_LIMIT] = ChatLimit(app[CONFIG].limits, app[CLOCK], state)
    yield


def _core(adapters: Adapters) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        config, store, tasks = app[CONFIG], app[STORE], app[TASKS]
        dependencies = Dependencies(
            config.dependencies, adapters.clock, lambda changed: admin.tell_admins(app, changed)
        )
        app[DEPENDENCIES] = dependencies
        source = DrillSource(GuardedSource(adapters.source(store), dependencies.get("sources")), app[TARGET])
        facts = CompanyFacts(source, store)
        asked = _provider(config, facts, dependencies) if adapters.provider is None else adapters.provider(config)
        provider = DrillProvider(asked, app[TARGET], _broken_at(config, facts, adapters.clock, asked))
        snapshots = Snapshots(app[STATE], adapters.clock)
        manager = LLMManager(source, config, adapters.clock, tasks, snapshots)
        checkpointer = Checkpointer(store)
        bus = app[BUS]
        owner, elsewhere = new_id("p"), Elsewhere(bus, store)
        services = Services(
            owner=owner,
            sole=store.sole,
            elsewhere=elsewhere,
            snapshots=snapshots,
            manager=manager,
            store=store,
            provider=provider,
            checkpointer=checkpointer,
            config=config,
            clock=adapters.clock,
            settling=tasks,
        )
        app[PROVIDER] = provider
        app[MANAGER] = manager
        app[ATTRIBUTION] = Attribution(manager, adapters.clock, SingleFlight(tasks))
        app[NOTICES] = Notices(bus)
        app[TURNS] = Turns(services, bus, app[NOTICES])
        app[FOLLOWING] = Following(store.sole, app[TURNS], elsewhere, bus, store, adapters.clock)
        leases = Leases(owner, app[TURNS], store, bus, adapters.clock, _price_hint(config))
        checks = {
            "database": Check(store.ping, vital=True, detail=store.dialect),
            **_llm_checks(asked),
        }
        link = app[LINK]
        if link is not None:
            checks["redis"] = Check(link.ping, vital=False, detail="redis", believed_s=0)  # as fresh as storage_backend
            link.on_return(manager.write_back)
        app[DRILLS] = _drills(app, provider)
        app[HEALTH] = Health(checks, adapters.clock, SingleFlight(tasks))
        tasks.spawn("turns.checkpoint", checkpointer.keep_saving())
        tasks.spawn("leases.reap", leases.keep_reaping())
        if not store.sole:
            tasks.spawn("leases.renew", leases.keep_renewing())
            tasks.spawn("leases.stop", leases.keep_stopping())
            tasks.spawn("elsewhere.look", elsewhere.keep_looking())
        tasks.spawn("loop.beat", LoopWatch().keep_beating())
        tasks.spawn("sessions.evict", manager.keep_evicting())
        tasks.spawn("sessions.preload", _preload(config, store, manager))
        tasks.spawn("health.first", app[HEALTH].found())  # the SDK is imported by the first check, which takes a second
        yield
        await app[TURNS].drain(0)
        manager.close()
        await provider.aclose()

    return room


async def _drill(app: web.Application) -> AsyncIterator[None]:
    app[TASKS].spawn("drill.left_over", app[DRILLS].clean_up())
    yield
    await app[DRILLS].close("shutdown")


def _drills(app: web.Application, provider: DrillProvider) -> Drills:
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


async def _bus(app: web.Application) -> AsyncIterator[None]:
    """Only where other processes may use the same database is there anybody to tell."""
    link = app[LINK]
    bus: Bus = MemoryBus()
    if link is not None and not app[STORE].sole:
        from lea.bus.redis import RedisBus

        bus = over_redis = RedisBus(link, app[TASKS])
        await over_redis.start()
    app[BUS] = bus
    app[CACHES] = Caches(bus)
    yield
    await bus.aclose()


def _most_streams(config: Config) -> Most:
    return Most(config.limits.streams_per_user, config.limits.streams_per_company, config.limits.streams)


def _price_hint(config: Config) -> Callable[[Unfinished], str]:
    hints = {"offline": "offline", FALLBACK: config.llm_fallback.base_url or "openai"}
    return lambda left: hints.get(left.provider or "", config.llm.base_url or "openai")


async def _preload(config: Config, store: Store, manager: LLMManager) -> None:
    """Nobody waits for this, and nothing is lost if it fails."""
    limit = config.sessions.preload

    def latest(connection: Connection) -> list[Identity]:
        found = [accounts.find(connection, user_id) for user_id in threads_of.wrote_last(connection, limit)]
        return [Identity.of(account, "token") for account in found if account is not None and not account.disabled]

    await manager.preload(await store.read(latest) if limit else [])


def _provider(config: Config, facts: CompanyFacts, dependencies: Dependencies) -> Provider:
    """The configured model with those that stand in for it, or the engine that needs none."""
    if not config.llm.configured:
        return LocalEngine(facts)
    models = [_model("llm", config.llm, dependencies, name="openai", lesser=False)]
    if config.llm_fallback.configured:
        settings = config.llm.model_copy(update=config.llm_fallback.model_dump())
        models.append(_model("llm_fallback", settings, dependencies, name=FALLBACK, lesser=True))
    return Failover(models, LocalEngine(facts, lesser=True), config.llm.total_timeout)


def _broken_at(config: Config, facts: CompanyFacts, clock: Clock, asked: Provider) -> Callable[[str], Failover]:
    """What a drill puts in the place of the first model; those that stand in for that one are the real ones."""
    in_its_place = asked.models[1:] if isinstance(asked, Failover) else ()

    def broken_at(url: str) -> Failover:
        settings = config.llm.model_copy(update={"base_url": url, "api_key": SecretStr("")})
        dependencies = Dependencies({"drill": config.dependencies["llm"]}, clock)
        broken = _model("drill", settings, dependencies, name="drill", lesser=False)
        return Failover([broken, *in_its_place], LocalEngine(facts, lesser=True), config.llm.total_timeout)

    return broken_at


def _model(dependency_name: str, config: Llm, dependencies: Dependencies, *, name: str, lesser: bool) -> Guarded:
    dependency = dependencies.get(dependency_name)
    limits = dependency.settings
    http = HttpClient(
        dependency_name,
        connect_timeout=limits.connect_timeout,
        connections=limits.concurrency,
        read_timeout=limits.read_timeout or None,
    )
    sdk = OpenAIClient(config, connect_timeout=limits.connect_timeout)
    return Guarded(OpenAIStream(config, http, sdk, name=name, lesser=lesser), config, dependency)


def _llm_checks(provider: Provider) -> dict[str, Check]:
    """The model, and whoever stands in for it."""
    if not isinstance(provider, Failover):
        return {"llm": Check(provider.ping, vital=False, detail=provider.answering.name, believed_s=15)}
    return {
        model.dependency.name: Check(
            model.ping,
            vital=False,
            detail=model.answering.name,
            believed_s=15,
            impaired=model.dependency.impaired,
        )
        for model in provider.models
    }


async def _end_streams(app: web.Application) -> None:
    app[STREAMS].close_all()
