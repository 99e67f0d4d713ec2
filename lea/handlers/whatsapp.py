"""WhatsApp's webhook: what comes is checked, kept, and answered at once; the work begins afterwards."""

import hmac
from collections.abc import Callable
from typing import Any, Final

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict

from lea import faults
from lea.channels.whatsapp.payload import read, signed
from lea.channels.whatsapp.worker import Worker
from lea.config import WhatsApp as Settings
from lea.errors import Forbidden, NotFound, Unauthorized
from lea.handlers.keys import CLOCK, CONFIG, STORE
from lea.handlers.parameters import Parameter
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.ids import CompanyId
from lea.metrics import WHATSAPP_MESSAGES
from lea.store import directory, whatsapp, whatsapp_inbox, whatsapp_outbox
from lea.store.acts import Connection

PATH: Final = "/v1/channels/whatsapp/webhook"
CHALLENGE: Final = 1000
SIGNATURE: Final = "X-Hub-Signature-256"
WHATSAPP: web.AppKey[Worker | None] = web.AppKey("whatsapp")
READ_ALONG: web.AppKey[Callable[[CompanyId], None]] = web.AppKey("read_along")
"""To be called after a commit that changed a company's conversations."""

log = structlog.get_logger()


class Payload(BaseModel):
    """What Meta sends; it says more than this, and more every year."""

    model_config = ConfigDict(extra="allow")

    object: Any = None
    entry: Any = None


class Kept(BaseModel):
    """How many messages are new, and how many statuses were news."""

    messages: int
    statuses: int


routes = Routes("channels")


@routes.add(
    "GET",
    PATH,
    answer="text/plain",
    access="public",
    query={
        "hub.mode": Parameter("subscribe", required=True),
        "hub.verify_token": Parameter("the word both sides know", required=True),
        "hub.challenge": Parameter("what is given back"),
    },
)
async def verify(call: Call[Empty]) -> web.StreamResponse:
    """Meta asks once whether this address is ours."""
    settings, query = _settings(call.app), call.request.query
    told = query.get("hub.verify_token", "").encode("utf-8", "replace")
    expected = settings.verify_token.get_secret_value().encode()
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(told, expected):
        raise Forbidden
    return web.Response(text=query.get("hub.challenge", "")[:CHALLENGE], content_type="text/plain")


def _check(request: web.Request, raw: bytes) -> None:
    """Of the bytes as they came: the same JSON written otherwise has another signature."""
    secret = _settings(request.app).app_secret.get_secret_value()
    if not signed(raw, request.headers.get(SIGNATURE, ""), secret):
        log.warning("whatsapp.bad_signature")
        raise Unauthorized("whatsapp_signature")


@routes.add(
    "POST",
    PATH,
    body=Payload,
    answer=Kept,
    access="public",
    headers={SIGNATURE: Parameter("HMAC-SHA256 of the body by the app's secret", required=True)},
    check=_check,
)
async def receive(call: Call[Payload]) -> web.StreamResponse:
    """Messages and statuses, signed with the app's secret (`X-Hub-Signature-256`); each is kept once."""
    settings = _settings(call.app)
    now = call.app[CLOCK].now()
    received, told = read(call.body.model_dump(), settings.phone_number_id, now)

    def unit(connection: Connection) -> tuple[CompanyId, list[str], int]:
        company_id = directory.company_called(connection, settings.company)
        if company_id is None:
            raise NotFound  # Meta comes again: the company may be made meanwhile
        fresh: list[str] = []
        for place, one in enumerate(received):
            if whatsapp_inbox.keep(connection, company_id, one, now, place):
                fresh.append(one.number)
                whatsapp.known(connection, company_id, one.number, now)
                whatsapp.heard(connection, one.number, one.said_at)
        for number in dict.fromkeys(fresh):
            whatsapp.wake(connection, number, now)
        return company_id, fresh, sum(whatsapp_outbox.told(connection, company_id, one) for one in told)

    company_id, fresh, news = await call.app[STORE].write(unit)
    faults.reach("whatsapp.kept")
    worker = call.app[WHATSAPP]
    if fresh and worker is not None:
        worker.wake()
    if fresh or news:
        call.app[READ_ALONG](company_id)
    _count(len(fresh), len(received), [one.state for one in told])
    return json_response({"messages": len(fresh), "statuses": news})


def _settings(app: web.Application) -> Settings:
    """Raises NotFound where WhatsApp is not set up."""
    settings = app[CONFIG].whatsapp
    if not settings.company:
        raise NotFound
    return settings


def _count(fresh: int, came: int, states: list[str]) -> None:
    WHATSAPP_MESSAGES.labels("in", "received").inc(fresh)
    WHATSAPP_MESSAGES.labels("in", "known").inc(came - fresh)
    for state in states:
        if state != "sent":
            WHATSAPP_MESSAGES.labels("out", state).inc()
    log.info("whatsapp.received", messages=came, fresh=fresh, statuses=len(states))
