"""What a company and its people may spend in a month, as its admins decide."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, Field

from lea.errors import BadRequest
from lea.handlers.chat import ClientId
from lea.handlers.costs import NANO, usd
from lea.handlers.keys import BUDGETS, STORE
from lea.handlers.routes import Call, Empty, Model, Routes, json_response
from lea.ids import UserId
from lea.log import audit
from lea.manager.allowance import Standing
from lea.store import budgets as rows
from lea.store.budgets import COMPANY, NO_LIMITS, Limits

MOST_USD = 1e6
Money = Annotated[float, Field(ge=0, le=MOST_USD, allow_inf_nan=False)]


class LimitsEntry(BaseModel):
    """US dollars a month; None: no limit."""

    soft_usd: float | None
    hard_usd: float | None


class UserBudget(LimitsEntry):
    """`spent_usd` is this month's."""

    user_id: str
    name: str
    email: str
    spent_usd: float


class BudgetsAnswer(BaseModel):
    company: LimitsEntry
    users: list[UserBudget]


class BudgetBody(Model):
    """US dollars a month; at the soft limit people are told, at the hard one no model is asked. None: no limit.

    Without `user_id` it is the company's.
    """

    user_id: ClientId | None = None
    soft_usd: Money | None
    hard_usd: Money | None


routes = Routes("budgets")


@routes.add("GET", "/v1/admin/budgets", answer=BudgetsAnswer, access="admin")
async def budgets(call: Call[Empty]) -> web.StreamResponse:
    """The limits of the company and of everybody in it, and what they have spent this month."""
    return json_response(await _all(call))


@routes.add("PUT", "/v1/admin/budgets", body=BudgetBody, answer=BudgetsAnswer, access="admin")
async def set_budget(call: Call[BudgetBody]) -> web.StreamResponse:
    """Decide about the company or one of its people; it counts at once here, and within 10 s at other processes."""
    body, caller = call.body, call.identity
    if body.soft_usd is not None and body.hard_usd is not None and body.soft_usd > body.hard_usd:
        raise BadRequest("budget_out_of_order", errors=[{"path": "soft_usd", "message": "budget_out_of_order"}])
    limits = Limits(_nano(body.soft_usd), _nano(body.hard_usd))
    await call.app[BUDGETS].set_limits(caller.company_id, UserId(body.user_id or COMPANY), limits)
    audit(
        "budget_set",
        "done",
        who=caller.user_id,
        target=body.user_id or caller.company_id,
        soft_usd=_told(body.soft_usd),
        hard_usd=_told(body.hard_usd),
    )
    return json_response(await _all(call))


async def _all(call: Call[Any]) -> dict[str, object]:
    company_id = call.identity.company_id
    people = await call.app[STORE].read(lambda connection: rows.people_of(connection, company_id))
    _, standings = await call.app[BUDGETS].standings(company_id)
    nobody = Standing(0, NO_LIMITS)
    return {
        "company": _limits(standings[COMPANY]),
        "users": [
            {
                "user_id": one.user_id,
                "name": one.name,
                "email": one.email,
                **_limits(standings.get(one.user_id, nobody)),
                "spent_usd": standings.get(one.user_id, nobody).spent / NANO,
            }
            for one in people
        ],
    }


def _limits(standing: Standing) -> dict[str, float | None]:
    return {"soft_usd": usd(standing.limits.soft), "hard_usd": usd(standing.limits.hard)}


def _nano(amount: float | None) -> int | None:
    return None if amount is None else round(amount * NANO)


def _told(amount: float | None) -> str | None:
    return None if amount is None else str(amount)
