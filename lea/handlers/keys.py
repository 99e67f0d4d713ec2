"""What the application holds for its handlers, by typed key."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from lea.actions.desk import Desk
from lea.asking.due import Dues
from lea.auth.service import AuthService
from lea.bus.port import Bus
from lea.clock import Clock
from lea.config import Config
from lea.drill.drills import Drills
from lea.handlers.admins import Admins
from lea.handlers.kpis import Kpis
from lea.handlers.limits import ChatLimit
from lea.handlers.sse import Streams
from lea.handlers.timing import Traces
from lea.llm.provider import Answering, Provider
from lea.manager.budgets import Budgets
from lea.manager.decisions import Decisions
from lea.manager.following import Following
from lea.manager.manager import LLMManager
from lea.manager.news import News
from lea.manager.notices import Notices
from lea.manager.relaying import Relays
from lea.manager.turns import Turns
from lea.resilience.breaker import Breaker
from lea.resilience.dependency import Dependencies
from lea.resilience.health import Health
from lea.runs.catalog.shelf import Shelf
from lea.runs.runs import Runs
from lea.runs.status import Statuses
from lea.runs.watching import Watching
from lea.sources.combined import ForeignJobs
from lea.sources.source import Source
from lea.state.port import State
from lea.store.engine import Store

if TYPE_CHECKING:
    from lea.resilience.redis import RedisLink


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who may answer; `breaker` is None where nothing is called."""

    answering: Answering
    breaker: Breaker | None


CONFIG = web.AppKey("config", Config)
CLOCK = web.AppKey("clock", Clock)
STORE = web.AppKey("store", Store)
STATE = web.AppKey("state", State)
BUS = web.AppKey("bus", Bus)
AUTH = web.AppKey("auth", AuthService)
MANAGER = web.AppKey("manager", LLMManager)
FOLLOWING = web.AppKey("following", Following)
NOTICES = web.AppKey("notices", Notices)
NEWS = web.AppKey("news", News)
KPIS = web.AppKey("kpis", Kpis)
FOREIGN_JOBS = web.AppKey("foreign_jobs", ForeignJobs)
SOURCE = web.AppKey("source", Source)
DESK = web.AppKey("desk", Desk)
DECISIONS = web.AppKey("decisions", Decisions)
TURNS = web.AppKey("turns", Turns)
RUNS = web.AppKey("runs", Runs)
DUES = web.AppKey("dues", Dues)
WATCHING = web.AppKey("watching", Watching)
STATUSES = web.AppKey("statuses", Statuses)
STREAMS = web.AppKey("streams", Streams)
CHAT_LIMIT = web.AppKey("chat_limit", ChatLimit)
RELAYS = web.AppKey("relays", Relays)
PROVIDER = web.AppKey("provider", Provider)
ASKED = web.AppKey("asked", tuple[Asked, ...])
BUDGETS = web.AppKey("budgets", Budgets)
SHELF = web.AppKey("shelf", Shelf)
HEALTH = web.AppKey("health", Health)
DEPENDENCIES = web.AppKey("dependencies", Dependencies)
ADMINS = web.AppKey("admins", Admins)
DRILLS = web.AppKey("drills", Drills)
TRACES: web.AppKey[Traces | None] = web.AppKey("traces")
LINK: web.AppKey["RedisLink | None"] = web.AppKey("link")
