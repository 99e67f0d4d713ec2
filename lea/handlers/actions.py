"""What Léa can do, what she asks before she does it, and taking back what she did."""

from collections.abc import Mapping
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, Field

from lea.actions.action import Look, Scope
from lea.actions.registry import rule_of
from lea.actions.telling import confirm_event
from lea.errors import BadRequest, NotFound
from lea.handlers.doing_answers import ActionTold, FactTold
from lea.handlers.keys import CLOCK, DECISIONS, DESK, STORE
from lea.handlers.parameters import one_of
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.ids import ThreadId
from lea.log import audit
from lea.store import acts, confirmations

MOST_ASKED = 100
Rule = Literal["allow", "ask", "deny"]


class ActionAnswer(BaseModel):
    """`arguments` is a JSON schema; `said` and `proposed` are None for what changes nothing."""

    name: str
    title: str
    description: str
    changes: str | None
    arguments: dict[str, Any]
    said: str | None
    proposed: str | None


class ActionList(BaseModel):
    actions: list[ActionAnswer]


class ConfirmationAnswer(BaseModel):
    id: str
    name: str
    arguments: dict[str, Any]
    summary: str
    expires_at: str
    facts: list[FactTold]
    state: str
    thread_id: str


class ConfirmationList(BaseModel):
    confirmations: list[ConfirmationAnswer]


class DecisionBody(Model):
    """`arguments` replace those that were shown, name by name."""

    decision: Literal["approve", "reject"]
    arguments: dict[str, Any] | None = Field(None, max_length=50)


class DecisionAnswer(BaseModel):
    """`turn_id` tells what came of it; `action` is the receipt of what was done."""

    id: str
    state: str
    thread_id: str
    turn_id: str
    action: ActionTold | None


class ReceiptAnswer(BaseModel):
    action: ActionTold


class PolicyBody(Model):
    """What applies where a person says it in so many words, and where the model proposes it."""

    said: Rule
    proposed: Rule


routes = Routes("actions")


@routes.add("GET", "/v1/lea/actions", answer=ActionList)
async def actions(call: Call[Empty]) -> web.StreamResponse:
    """Everything Léa can do, and what the company allows of it."""
    desk = call.app[DESK]
    policies = await desk.policies(call.identity.company_id)
    return json_response({"actions": [_action(call, one, policies) for one in desk.registry]})


@routes.add(
    "GET",
    "/v1/lea/confirmations",
    answer=ConfirmationList,
    query={"state": one_of("asked", says="asked: what can still be decided")},
)
async def asked(call: Call[Empty]) -> web.StreamResponse:
    """What Léa asks this person, newest first."""
    if call.request.query.get("state", "asked") != "asked":
        raise BadRequest(errors=[{"path": "state", "message": "asked"}])
    now, user_id = call.app[CLOCK].now(), call.identity.user_id
    found = await call.app[STORE].read(lambda connection: confirmations.open_of(connection, user_id, now, MOST_ASKED))
    told = [confirm_event(one, now, one.thread_id).wire()["confirm"] for one in found]
    return json_response({"confirmations": told})


@routes.add("POST", "/v1/lea/confirmations/{id}", body=DecisionBody, answer=DecisionAnswer)
async def decide(call: Call[DecisionBody]) -> web.StreamResponse:
    """Decide, once; deciding the same again tells the outcome, and anything else is 409 `already_decided`."""
    wanted: confirmations.Decision = "approved" if call.body.decision == "approve" else "rejected"
    edited = call.body.arguments if wanted == "approved" else None
    decided, turn_id = await call.app[DECISIONS].decide(call.identity, client_id(call.request), wanted, edited)
    receipt = decided.receipt
    event = None if receipt is None else call.app[DESK].event(receipt, call.language).wire()["action"]
    return json_response(
        {
            "id": decided.asked.id,
            "state": decided.asked.state,
            "thread_id": decided.asked.thread_id,
            "turn_id": turn_id,
            "action": event,
        }
    )


@routes.add("POST", "/v1/lea/actions/{id}/undo", answer=ReceiptAnswer)
async def undo(call: Call[Empty]) -> web.StreamResponse:
    """Take back the last change of a record; 409 `record_changed` once somebody went on from there."""
    desk = call.app[DESK]
    scope = Scope(call.identity, ThreadId(""), call.language, call.app[CLOCK].now())
    receipt = await desk.undo(scope, client_id(call.request))
    if receipt is None:
        raise NotFound
    event = desk.event(receipt, call.language)
    desk.tell(call.identity.user_id, event)
    return json_response(event.wire())


@routes.add("GET", "/v1/admin/actions", answer=ActionList, access="admin")
async def policies(call: Call[Empty]) -> web.StreamResponse:
    """As the list for everybody."""
    desk = call.app[DESK]
    decided = await desk.policies(call.identity.company_id)
    return json_response({"actions": [_action(call, one, decided) for one in desk.registry]})


@routes.add("PUT", "/v1/admin/actions/{name}", body=PolicyBody, answer=ActionAnswer, access="admin")
async def set_policy(call: Call[PolicyBody]) -> web.StreamResponse:
    """Decide what applies to an action in this company."""
    desk, name, company_id = call.app[DESK], client_id(call.request, "name"), call.identity.company_id
    action = desk.registry.get(name)
    if action is None or isinstance(action, Look):
        raise NotFound
    said, proposed = call.body.said, call.body.proposed
    await call.app[STORE].write(lambda connection: acts.set_policy(connection, company_id, name, said, proposed))
    desk.decided_anew(company_id)
    audit("action.policy_set", "done", who=call.identity.user_id, target=name, said=said, proposed=proposed)
    return json_response(_action(call, action, await desk.policies(company_id)))


def _action(call: Call[Any], action: Any, policies: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    looks = isinstance(action, Look)
    return {
        "name": action.name,
        "title": action.title[call.language],
        "description": action.description,
        "changes": None if looks else action.changes,
        "arguments": action.arguments.model_json_schema(),
        "said": None if looks else rule_of(action, dict(policies), proposed=False),
        "proposed": None if looks else rule_of(action, dict(policies), proposed=True),
    }
