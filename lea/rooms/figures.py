"""Figures that follow what happens: a company's, and what its runs cost."""

from collections.abc import Callable
from typing import Final

from aiohttp import web
from cachetools import LRUCache

from lea.events.notice import CostsChanged
from lea.handlers.keys import CLOCK, NOTICES, STORE, TURNS
from lea.handlers.kpis import Kpis
from lea.handlers.suggestions import BELIEVED_S, KEPT
from lea.ids import RunId, UserId
from lea.resilience.cache import LookupCache
from lea.resilience.single_flight import SingleFlight
from lea.rooms.keys import CACHES, TASKS
from lea.runs.coalesced import Coalesced
from lea.store.runs import Run
from lea.store.suggestions import Promising

PAUSE_S: Final = 1.0
RUNS: Final = 1_000
"""Most runs of which it is remembered what they had cost; of others it is told again."""


def kpis(app: web.Application) -> Kpis:
    """What counts a company's work, and hears of turns that ended and of whatever this process tells companies."""
    made = Kpis(app[STORE], app[CLOCK], app[TASKS], app[CACHES], app[NOTICES].tell_company)
    app[NOTICES].watch(made.heard)
    app[TURNS].watch(made.changed)
    return made


def suggested(app: web.Application) -> LookupCache[Promising]:
    """What companies could be asked about, for as long as it is believed."""
    return LookupCache("suggestions", app[CLOCK], SingleFlight(app[TASKS]), size=KEPT, ttl_s=BELIEVED_S)


def run_costs(app: web.Application) -> Callable[[Run], None]:
    """To be called after each commit: whoever began a run is told when it has cost more, at most once a second."""
    known: LRUCache[RunId, int] = LRUCache(RUNS)
    telling: Coalesced[UserId, UserId] = Coalesced(PAUSE_S, lambda user_id: app[NOTICES].tell(user_id, CostsChanged()))

    def changed(run: Run) -> None:
        if run.cost_nano_usd > known.get(run.id, 0):
            known[run.id] = run.cost_nano_usd
            telling.put(run.user_id, run.user_id)

    return changed
