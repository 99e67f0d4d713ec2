"""Runs: what kinds there are, and this process's part in them."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from lea.handlers.keys import BUS, CLOCK, CONFIG, NOTICES, RUNS, STATUSES, STORE, WATCHING
from lea.ids import new_id
from lea.rooms.catalog import enrich, extract
from lea.rooms.core import Adapters
from lea.rooms.figures import run_costs
from lea.rooms.keys import TASKS, Room
from lea.runs.pipeline import Pipeline
from lea.runs.registry import Pipelines, installed
from lea.runs.runner import Runner
from lea.runs.runs import Runs
from lea.runs.status import Statuses
from lea.runs.telling import Telling
from lea.runs.watching import Watching
from lea.store.runs import Run


def built_in(app: web.Application) -> list[Pipeline]:
    """Léa's own."""
    return [extract(app), enrich(app)]


def running(adapters: Adapters) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        store, tasks, settings = app[STORE], app[TASKS], app[CONFIG].runs
        pipelines = Pipelines([*built_in(app), *await asyncio.to_thread(installed), *adapters.pipelines])
        app[WATCHING] = watching = Watching(store, tasks, sole=store.sole)
        app[STATUSES] = statuses = Statuses("catalog", app[BUS], store, tasks, sole=store.sole)
        telling = Telling(watching, statuses, app[BUS], app[NOTICES].tell_company)
        costs = run_costs(app)

        def changed(run: Run) -> None:
            telling.changed(run)
            costs(run)

        runner = Runner(
            new_id("p"),
            pipelines,
            store,
            app[CLOCK],
            tasks,
            changed,
            jobs=settings.jobs,
            timeout_s=settings.job_timeout,
            pause_s=settings.retry_pause,
            sole=store.sole,
        )
        app[RUNS] = Runs(pipelines, runner, telling, store, app[BUS], app[CLOCK])
        app[RUNS].listen()
        loops = [tasks.spawn("runs.take", runner.keep_taking())] if settings.here else []
        if settings.here and not store.sole:
            loops.append(tasks.spawn("runs.renew", runner.keep_renewing()))
        yield
        for loop in loops:
            loop.cancel()
        await runner.aclose()

    return room
