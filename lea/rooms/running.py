"""Runs: what kinds there are, and this process's part in them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from lea.handlers.keys import BUS, CLOCK, CONFIG, LINK, NOTICES, RUNS, STATUSES, STORE, WATCHING
from lea.ids import RunId, new_id
from lea.rooms.catalog import enrich, extract
from lea.rooms.core import Adapters
from lea.rooms.figures import run_costs
from lea.rooms.keys import TASKS, Room
from lea.rooms.plugged import PLUGGED
from lea.rooms.scheduling import scheduled_ask
from lea.runs.pipeline import Pipeline
from lea.runs.registry import Pipelines, installed
from lea.runs.runner import Runner
from lea.runs.runs import Runs
from lea.runs.status import Statuses
from lea.runs.telling import Telling
from lea.runs.watching import Watching
from lea.store.runs import Run
from lea.tasks import TaskOwner

if TYPE_CHECKING:
    from lea.runs.queue import RunQueue


def built_in(app: web.Application) -> list[Pipeline]:
    """Léa's own."""
    return [extract(app), enrich(app), scheduled_ask(app)]


def running(adapters: Adapters) -> Room:
    async def room(app: web.Application) -> AsyncIterator[None]:
        store, tasks, settings = app[STORE], app[TASKS], app[CONFIG].runs
        pipelines = Pipelines(
            [*built_in(app), *await asyncio.to_thread(installed, app[PLUGGED].plugins), *adapters.pipelines]
        )
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
        queue = await _queue(app, runner.take_one)
        offer = (lambda _: runner.wake()) if settings.here or queue is None else queue.announce
        app[RUNS] = Runs(pipelines, runner, telling, store, app[BUS], app[CLOCK], offer)
        app[RUNS].listen()
        loops = _loops(tasks, runner, queue, sole=store.sole) if settings.here else []
        yield
        for loop in loops:
            loop.cancel()
        await runner.aclose()
        if queue is not None:
            await queue.aclose()

    return room


def _loops(tasks: TaskOwner, runner: Runner, queue: "RunQueue | None", *, sole: bool) -> list[asyncio.Task[None]]:
    """Of a process that works at runs."""
    loops = [tasks.spawn("runs.take", runner.keep_taking())]
    if not sole:
        loops.append(tasks.spawn("runs.renew", runner.keep_renewing()))
    if queue is not None:
        loops.append(tasks.spawn("runs.receive", queue.keep_receiving()))
    return loops


async def _queue(app: web.Application, take: Callable[[RunId], Awaitable[None]]) -> "RunQueue | None":
    """Only where there is Redis, and another process that could be told."""
    url, link = app[CONFIG].state.redis, app[LINK]
    if url is None or link is None or app[STORE].sole:
        return None
    made = await asyncio.to_thread(_run_queue)
    return made(url, link, app[TASKS], take)


def _run_queue() -> "type[RunQueue]":
    """Imported only where it is used; blocks."""
    from lea.runs.queue import RunQueue

    return RunQueue
