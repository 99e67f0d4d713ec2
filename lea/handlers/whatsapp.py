"""WhatsApp's webhook: what comes is checked, kept, and answered at once; the work begins afterwards."""

import hmac
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
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.metrics import WHATSAPP_MESSAGES
from lea.store import directory, whatsapp, whatsapp_inbox, whatsapp_outbox
from lea.store.acts import Connection

PATH: Final = "/v1/channels/whatsapp/webhook"
CHALLENGE: Final = 1000
SIGNATURE: Final = "X-Hub-Signature-256"
WHATSAPP: web.AppKey[Worker | None] = web.AppKey("whatsapp")

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
        "hub.mode": "subscribe",
        "hub.verify_token": "the word both sides know",
        "hub.challenge": "what is given back",
    },
)
async def verify(call: Call[Empty]) -> web.StreamResponse:
    """Meta asks once whether this address is ours."""
    settings, query = _settings(call), call.request.query
    told = query.get("hub.verify_token", "").encode("utf-8", "replace")
    expected = settings.verify_token.get_secret_value().encode()
    if query.get("hub.mode") != "subscribe" or not hmac.compare_digest(told, expected):
        raise Forbidden
    return web.Response(text=query.get("hub.challenge", "")[:CHALLENGE], content_type="text/plain")


@routes.add("POST", PATH, body=Payload, answer=Kept, access="public")
async def receive(call: Call[Payload]) -> web.StreamResponse:
    """Messages and statuses, signed with the app's secret (`X-Hub-Signature-256`); each is kept once."""
    settings = _settings(call)
    raw = await call.request.read()  # as it came: the same JSON written otherwise has another signature
    if not signed(raw, call.request.headers.get(SIGNATURE, ""), settings.app_secret.get_secret_value()):
        log.warning("whatsapp.bad_signature")
        raise Unauthorized("whatsapp_signature")
    now = call.app[CLOCK].now()
    received, told = read(call.body.model_dump(), settings.phone_number_id, now)

    def unit(connection: Connection) -> tuple[list[str], int]:
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
        return fresh, sum(whatsapp_outbox.told(connection, company_id, one) for one in told)

    fresh, news = await call.app[STORE].write(unit)
    faults.reach("whatsapp.kept")
    worker = call.app[WHATSAPP]
    if fresh and worker is not None:
        worker.wake()
    _count(len(fresh), len(received), [one.state for one in told])
    return json_response({"messages": len(fresh), "statuses": news})


def _settings(call: Call[Any]) -> Settings:
    """Raises NotFound where WhatsApp is not set up."""
    settings = call.app[CONFIG].whatsapp
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
