"""A company's webhooks, for its admins: where what is told, with which secret."""

from typing import Annotated, Any, Final, Literal

from aiohttp import web
from pydantic import AfterValidator, BaseModel, Field, model_validator

from lea.clock import iso
from lea.handlers.keys import STORE
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.hooks.hooks import Hooks, Made
from lea.hooks.signing import OVERLAP_S
from lea.log import audit
from lea.store import hooks
from lea.store.hooks import Webhook

HOOKS = web.AppKey("hooks", Hooks)
WEBHOOKS: Final = "/v1/admin/webhooks"

Event = Literal["turn.done", "run.done", "transaction.changed"]


def _purpose(value: str) -> str:
    if not value.isprintable():
        raise ValueError("name_invalid")
    return value.strip()


def _each_once(value: list[Event]) -> list[Event]:
    return list(dict.fromkeys(value))


Url = Annotated[str, Field(min_length=1, max_length=2000)]
Events = Annotated[list[Event], Field(min_length=1, max_length=10), AfterValidator(_each_once)]
Purpose = Annotated[str, Field(max_length=200), AfterValidator(_purpose)]


class WebhookBody(Model):
    """Where to, about what, and what for."""

    url: Url
    events: Events
    description: Purpose = ""
    enabled: bool = True


class WebhookChange(Model):
    """What is not named stays as it is."""

    url: Url | None = None
    events: Events | None = None
    description: Purpose | None = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> "WebhookChange":
        if all(value is None for value in (self.url, self.events, self.description, self.enabled)):
            raise ValueError("nothing_to_change")
        return self


class WebhookEntry(BaseModel):
    """`disabled_why` is `gone` (it answered 410) or `failing` (it took nothing for five days) where nobody switched it
    off; `failing_since` the first failure after which nothing was delivered; until `old_secret_until` what is sent is
    signed with the secret before the current one too."""

    id: str
    url: str
    description: str
    events: list[Event]
    enabled: bool
    disabled_why: Literal["gone", "failing"] | None
    failing_since: str | None
    old_secret_until: str | None
    created_at: str
    updated_at: str


class WebhookList(BaseModel):
    webhooks: list[WebhookEntry]


class WebhookMade(BaseModel):
    """`secret` (`whsec_…`) is told this once."""

    webhook: WebhookEntry
    secret: str


routes = Routes("admin")


@routes.add("GET", WEBHOOKS, answer=WebhookList, access="admin")
async def webhooks(call: Call[Empty]) -> web.StreamResponse:
    """The company's webhooks, the oldest first."""
    company_id = call.identity.company_id
    found = await call.app[STORE].read(lambda connection: hooks.of_company(connection, company_id))
    return json_response({"webhooks": [_entry(one) for one in found]})


@routes.add("POST", WEBHOOKS, body=WebhookBody, answer=WebhookMade, status=201, access="admin")
async def create(call: Call[WebhookBody]) -> web.StreamResponse:
    """Be told from here on, signed as Standard Webhooks has it; a company has at most ten."""
    made = await call.app[HOOKS].create(call.identity.company_id, call.body.model_dump())
    audit("webhook.created", "done", who=call.identity.user_id, target=made.webhook.id)
    return _secret(made, 201)


@routes.add("GET", WEBHOOKS + "/{id}", answer=WebhookEntry, access="admin")
async def read(call: Call[Empty]) -> web.StreamResponse:
    """One of them."""
    company_id, webhook_id = _which(call)
    found = await call.app[STORE].read(lambda connection: hooks.find(connection, company_id, webhook_id))
    return json_response(_entry(found))


@routes.add("PATCH", WEBHOOKS + "/{id}", body=WebhookChange, answer=WebhookEntry, access="admin")
async def change(call: Call[WebhookChange]) -> web.StreamResponse:
    """Change it; what waits is sent to where it leads now, and nothing while it is switched off."""
    values = call.body.model_dump(exclude_none=True)
    changed = await call.app[HOOKS].change(*_which(call), values)
    audit("webhook.changed", "done", who=call.identity.user_id, target=changed.id)
    return json_response(_entry(changed))


@routes.add("DELETE", WEBHOOKS + "/{id}", status=204, access="admin")
async def remove(call: Call[Empty]) -> web.StreamResponse:
    """Nothing more is sent, and its deliveries are forgotten."""
    company_id, webhook_id = _which(call)
    await call.app[HOOKS].remove(company_id, webhook_id)
    audit("webhook.removed", "done", who=call.identity.user_id, target=webhook_id)
    return web.Response(status=204)


@routes.add("POST", WEBHOOKS + "/{id}/secret", answer=WebhookMade, access="admin")
async def rotate(call: Call[Empty]) -> web.StreamResponse:
    """A new secret; for 24 hours what is sent is signed with the one before too."""
    made = await call.app[HOOKS].rotate(*_which(call))
    audit("webhook.secret_changed", "done", who=call.identity.user_id, target=made.webhook.id)
    return _secret(made, 200)


def _which(call: Call[Any]) -> tuple[Any, str]:
    return call.identity.company_id, client_id(call.request)


def _secret(made: Made, status: int) -> web.Response:
    response = json_response({"webhook": _entry(made.webhook), "secret": made.secret}, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _entry(one: Webhook) -> dict[str, object]:
    old_until = None if one.rotated_at is None else one.rotated_at + OVERLAP_S
    return {
        "id": one.id,
        "url": one.url,
        "description": one.description,
        "events": list(one.events),
        "enabled": one.enabled,
        "disabled_why": one.disabled_why,
        "failing_since": None if one.failing_since is None else iso(one.failing_since),
        "old_secret_until": None if old_until is None else iso(old_until),
        "created_at": iso(one.created_at),
        "updated_at": iso(one.updated_at),
    }
