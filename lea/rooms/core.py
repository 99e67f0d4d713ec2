"""Sessions, turns, and whoever watches over them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import web

from lea.actions.action import AnyAction
from lea.clock import Clock, SystemClock
from lea.config import Config
from lea.drill.provider import DrillProvider
from lea.drill.source import DrillSource
from lea.handlers import admin
from lea.handlers.admin_views import ATTRIBUTION
from lea.handlers.keys import (
    ADMINS,
    ASKED,
    BUDGETS,
    BUS,
    CONFIG,
    DECISIONS,
    DEPENDENCIES,
    DESK,
    DRILLS,
    FOLLOWING,
    FOREIGN_JOBS,
    HEALTH,
    KPIS,
    LINK,
    MANAGER,
    NEWS,
    NOTICES,
    PROVIDER,
    RELAYS,
    SOURCE,
    STATE,
    STORE,
    TRACES,
    TURNS,
)
from lea.ids import new_id
from lea.llm.local import LocalEngine
from lea.llm.provider import Provider
from lea.manager.ask import Services
from lea.manager.attribution import Attribution
from lea.manager.budgets import Budgets
from lea.manager.checkpointer import Checkpointer
from lea.manager.elsewhere import Elsewhere
from lea.manager.following import Following
from lea.manager.leases import Leases
from lea.manager.manager import LLMManager
from lea.manager.news import News
from lea.manager.notices import Notices
from lea.manager.quotas import Quotas
from lea.manager.relaying import Relays
from lea.manager.snapshots import Snapshots
from lea.manager.turns import Turns
from lea.resilience.dependency import Dependencies
from lea.resilience.health import Check, Health
from lea.resilience.loop import LoopWatch
from lea.resilience.single_flight import SingleFlight
from lea.rooms.acting import decisions, desk
from lea.rooms.drilling import drills
from lea.rooms.figures import kpis
from lea.rooms.jobs import job_checks, with_foreign_jobs
from lea.rooms.keys import CALLS, LISTENING, TARGET, TASKS, Room
from lea.rooms.models import TELLER, asked_in_turn, broken_at, estimates, llm_checks, provider_of
from lea.rooms.plugged import PLUGGED
from lea.rooms.storage import preload
from lea.rooms.whatsapp import whatsapp_checks
from lea.runs.pipeline import Pipeline
from lea.sources.facts import CompanyFacts
from lea.sources.source import Source
from lea.sources.sql import SqlSource
from lea.store.engine import Store


@dataclass(frozen=True, slots=True)
class Adapters:
    """What a test or a benchmark replaces by another real part; nothing is patched."""

    clock: Clock = field(default_factory=SystemClock)
    source: Callable[[Store], Source] = SqlSource
    provider: Callable[[Config], Provider] | None = None
    actions: Sequence[AnyAction] = ()
    pipelines: Sequence[Pipeline] = ()


def core(adapters: Adapters) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        config, store, tasks = app[CONFIG], app[STORE], app[TASKS]
        dependencies = Dependencies(
            config.dependencies, adapters.clock, lambda changed: admin.tell_admins(app, changed)
        )
        app[DEPENDENCIES] = dependencies
        app[SOURCE] = source = DrillSource(with_foreign_jobs(app, adapters.source(store)), app[TARGET])
        facts = CompanyFacts(source, store)
        asked = (
            provider_of(config, facts, dependencies, app[PLUGGED])
            if adapters.provider is None
            else adapters.provider(config)
        )
        provider = DrillProvider(asked, app[TARGET], broken_at(config, facts, adapters.clock, asked))
        snapshots = Snapshots(app[STATE], adapters.clock)
        manager = LLMManager(source, config, adapters.clock, tasks, snapshots)
        checkpointer = Checkpointer(store)
        bus = app[BUS]
        owner, elsewhere = new_id("p"), Elsewhere(bus, store)
        traces, listening = app[TRACES], app[LISTENING]
        app[NOTICES] = Notices(bus)
        app[NEWS] = News(manager, app[NOTICES], bus)
        app[DESK] = desk(app, source)
        quotas = Quotas(app[NOTICES], bus, app[ADMINS].of)
        app[BUDGETS] = Budgets(store, adapters.clock, SingleFlight(tasks), quotas)
        app[ASKED] = asked_in_turn(asked)
        services = Services(
            owner=owner,
            sole=store.sole,
            elsewhere=elsewhere,
            snapshots=snapshots,
            manager=manager,
            store=store,
            provider=provider,
            teller=LocalEngine(facts, name=TELLER),
            stand_in=LocalEngine(facts, lesser=True),
            desk=app[DESK],
            budgets=app[BUDGETS],
            checkpointer=checkpointer,
            config=config,
            clock=adapters.clock,
            settling=tasks,
            trace=None if traces is None else traces.turn,
            listening=listening,
        )
        app[PROVIDER] = provider
        app[MANAGER] = manager
        app[ATTRIBUTION] = Attribution(manager, adapters.clock, SingleFlight(tasks))
        app[TURNS], app[RELAYS] = Turns(services, bus, app[NOTICES]), Relays(services)
        app[KPIS] = kpis(app)
        app[DECISIONS] = decisions(app)
        app[FOLLOWING] = Following(store.sole, app[TURNS], elsewhere, bus, store, adapters.clock)
        leases = Leases(owner, app[TURNS], store, bus, adapters.clock, estimates(config))
        if (link := app[LINK]) is not None:
            link.on_return(manager.write_back)
        app[DRILLS] = drills(app, provider)
        app[HEALTH] = Health(_checks(app, asked), adapters.clock, SingleFlight(app[CALLS]))
        tasks.spawn("turns.checkpoint", checkpointer.keep_saving())
        tasks.spawn("leases.reap", leases.keep_reaping())
        if not store.sole:
            tasks.spawn("leases.renew", leases.keep_renewing())
            tasks.spawn("leases.stop", leases.keep_stopping())
            tasks.spawn("elsewhere.look", elsewhere.keep_looking())
        tasks.spawn("loop.beat", LoopWatch().keep_beating())
        tasks.spawn("sessions.evict", manager.keep_evicting())
        tasks.spawn("sessions.preload", preload(config, store, manager))
        yield
        await app[TURNS].drain(0)
        await app[CALLS].aclose()  # what the last turns have begun
        manager.close()
        await asyncio.gather(provider.aclose(), app[FOREIGN_JOBS].aclose())

    return room


def _checks(app: web.Application, asked: Provider) -> dict[str, Check]:
    store, link = app[STORE], app[LINK]
    checks = {
        "database": Check(store.ping, vital=True, detail=store.dialect),
        **llm_checks(asked),
        **job_checks(app),
        **whatsapp_checks(app),
    }
    if link is not None:
        checks["redis"] = Check(link.ping, vital=False, detail="redis", believed_s=0)  # as fresh as storage_backend
    return checks
