"""The systems other than Léa whose jobs a company sees."""

from collections.abc import Callable
from typing import Final

from aiohttp import web

from lea.config import Config
from lea.errors import StartError
from lea.handlers.keys import CLOCK, CONFIG, DEPENDENCIES, FOREIGN_JOBS, STORE
from lea.outside import ForeignJobs as Settings
from lea.resilience.health import Check
from lea.resilience.single_flight import SingleFlight
from lea.rooms.keys import CALLS
from lea.rooms.plugged import PLUGGED
from lea.sources.combined import CombinedSource, ForeignJobs
from lea.sources.firestore import Firestore
from lea.sources.foreign import Foreign
from lea.sources.guarded import GuardedSource
from lea.sources.kept import Kept, Terms
from lea.sources.odoo import Odoo
from lea.sources.plugged import PluggedSource
from lea.sources.source import Source

PATIENCE: Final = 0.8
"""Of the time a session has for its jobs, how much may be spent waiting for another system."""


def with_foreign_jobs(app: web.Application, own: Source) -> Source:
    """`own` and what is configured beside it, each called as its dependency says; whoever asks for it closes it.

    Raises StartError where a setting is missing.
    """
    app[FOREIGN_JOBS] = _configured(app)
    return CombinedSource(GuardedSource(own, app[DEPENDENCIES].get("sources")), app[FOREIGN_JOBS], app[CLOCK])


def _configured(app: web.Application) -> ForeignJobs:
    config, dependencies, clock, flights = app[CONFIG], app[DEPENDENCIES], app[CLOCK], SingleFlight(app[CALLS])
    makers: list[tuple[str, Settings, Callable[[], Foreign]]] = [
        ("odoo", config.odoo, lambda: Odoo(config.odoo, dependencies.get("odoo"))),
        ("firestore", config.firestore, lambda: Firestore(config.firestore, dependencies.get("firestore"), clock)),
    ]
    systems: list[tuple[Settings, Foreign]] = []
    for name, settings, make in makers:
        if settings.lacking:
            raise StartError(f"{name}.{settings.lacking[0]}: must be set, since {name}.company is")
        if settings.company:
            systems.append((settings, make()))
    systems += [
        (one.terms, PluggedSource(one.name, one.source, dependencies.get(one.name))) for one in app[PLUGGED].sources
    ]
    kept = [(settings.company, Kept(system, _terms(settings, config), clock, flights)) for settings, system in systems]
    return ForeignJobs(app[STORE], kept, clock, flights)


def _terms(settings: Settings, config: Config) -> Terms:
    patience = min(settings.timeout, PATIENCE * config.sessions.load_timeout)
    return Terms(settings.fresh, settings.stale, settings.timeout, patience)


def job_checks(app: web.Application) -> dict[str, Check]:
    """What `/health` says about them: degraded while their jobs cannot be read."""
    return {kept.name: _check(kept, app[DEPENDENCIES].get(kept.name).impaired) for kept in app[FOREIGN_JOBS]}


def _check(kept: Kept, circuit: Callable[[], str | None]) -> Check:
    return Check(kept.look, vital=False, detail="departments' jobs", impaired=lambda: circuit() or kept.impaired())
