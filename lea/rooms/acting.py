"""Actions and those who look after them."""

from collections.abc import Sequence

from aiohttp import web

from lea.actions.action import AnyAction, Look
from lea.actions.desk import Desk
from lea.actions.intents import prepared
from lea.actions.registry import Registry, built_in, installed
from lea.handlers.keys import CLOCK, CONFIG, DESK, DUES, FOREIGN_JOBS, KPIS, NEWS, NOTICES, RUNS, STORE, TURNS
from lea.handlers.openapi import Described
from lea.ids import RunId
from lea.manager.checking import Checking
from lea.manager.decisions import Decisions
from lea.manager.news import State
from lea.resilience.cache import LookupCache
from lea.resilience.single_flight import SingleFlight
from lea.rooms.keys import CACHES, REGISTRY, TASKS
from lea.rooms.plugged import PLUGGED
from lea.sources.source import Source
from lea.store.acts import Receipt

POLICIES_S = 60.0
COMPANIES = 10_000


def registry(app: web.Application, more: Sequence[AnyAction]) -> Registry:
    """Every action there is; looking for packages reads the disk. `more` are those of tests and benchmarks."""
    config = app[CONFIG]
    own = built_in(geocode=bool(config.geocoding.url), pipelines=_Pipelines(app), schedules=config.schedules)
    return Registry([*own, *installed(app[PLUGGED].plugins), *more])


class _Pipelines:
    """The kinds of runs, which are known once the server has started."""

    def __init__(self, app: web.Application) -> None:
        self._app = app

    def family(self, pipeline: str) -> str:
        """See PipelineNames."""
        return self._app[RUNS].pipelines.family(pipeline)


def described(actions: Registry) -> list[Described]:
    """The actions for `/docs`."""
    return [
        Described(
            action.name,
            action.description,
            None if isinstance(action, Look) else action.changes,
            action.arguments.model_json_schema(),
        )
        for action in actions
    ]


def desk(app: web.Application, source: Source) -> Desk:
    """Where actions are run."""
    config, clock = app[CONFIG], app[CLOCK]
    policies: LookupCache[dict[str, tuple[str, str]]] = LookupCache(
        "policies", clock, SingleFlight(app[TASKS]), size=COMPANIES, ttl_s=POLICIES_S
    )
    app[CACHES].add(policies)

    def tell_run(run_id: RunId, *, undone: bool) -> None:
        if undone:
            app[RUNS].cancelling(run_id)
        else:
            app[RUNS].runner.wake()

    def changed(receipt: Receipt) -> None:
        app[KPIS].changed(receipt.company_id)
        if receipt.record_kind == "transaction" and receipt.record_id is not None:
            app[NEWS].changed(receipt.company_id, receipt.record_id, receipt.record_reference or "", _state(receipt))
        if receipt.record_kind == "run" and receipt.record_id is not None:
            tell_run(RunId(receipt.record_id), undone=receipt.state == "undone")
        if receipt.record_kind == "schedule" and receipt.record_id is not None:
            gone = (receipt.name == "cancel_schedule") != (receipt.state == "undone")
            app[DUES].changed(receipt.user_id, receipt.record_id, "ended" if gone else "active")

    return Desk(
        app[REGISTRY],
        app[STORE],
        source,
        clock,
        config.actions,
        policies,
        lambda company_id: app[CACHES].drop("policies", company_id),
        changed,
        app[NOTICES].tell,
        app[FOREIGN_JOBS],
    )


def decisions(app: web.Application) -> Decisions:
    """What people decide, and what is still to be found out."""
    made = Decisions(app[DESK], app[TURNS], app[STORE], app[CLOCK])
    app[TASKS].spawn("intents.prepare", prepared())
    app[TASKS].spawn("decisions.tell", made.keep_telling())
    app[TASKS].spawn("actions.check", Checking(app[DESK], app[STORE]).keep_checking())
    return made


def _state(receipt: Receipt) -> State:
    if receipt.name != "create_transaction":
        return "changed"
    return "removed" if receipt.state == "undone" else "created"
