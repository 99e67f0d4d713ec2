"""What Léa costs: what was spent, what is left, and how often one may still ask."""

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web
from pydantic import BaseModel

from lea.errors import BadRequest
from lea.handlers.keys import BUDGETS, CHAT_LIMIT, CLOCK, STORE
from lea.handlers.parameters import between
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.ids import UserId
from lea.manager.allowance import Standing
from lea.store import costs as rows
from lea.store.budgets import COMPANY, NO_LIMITS
from lea.store.costs import DAY_S, Sums

DAYS = 30
MOST_DAYS = 366
NANO = 1e9


class Spent(BaseModel):
    """`usd` is of those calls whose price is known."""

    usd: float
    prompt_tokens: int
    completion_tokens: int
    calls: int


class Total(Spent):
    cached_tokens: int
    unpriced_calls: int


class OfDay(Spent):
    day: str


class OfUser(Spent):
    user_id: str
    name: str | None


class OfModel(Spent):
    provider: str
    model: str


class OfPurpose(Spent):
    purpose: str


class BudgetEntry(BaseModel):
    """This month; calls without a known price count as the settings say. None: no limit, or not for the caller."""

    spent_usd: float | None
    soft_usd: float | None
    hard_usd: float | None
    remaining_usd: float | None


class BudgetAnswer(BaseModel):
    month: str
    company: BudgetEntry
    user: BudgetEntry


class CostsAnswer(BaseModel):
    days: int
    total: Total
    by_day: list[OfDay]
    by_user: list[OfUser]
    by_model: list[OfModel]
    by_purpose: list[OfPurpose]
    budget: BudgetAnswer


class Requests(BaseModel):
    limit: int
    remaining: int


class QuotaAnswer(BaseModel):
    requests: Requests
    budget: BudgetAnswer


routes = Routes("costs")


@routes.add("GET", "/v1/llm/costs", answer=CostsAnswer, query={"days": between(1, MOST_DAYS, "today's included")})
async def costs(call: Call[Empty]) -> web.StreamResponse:
    """What models cost, by day, person, model and purpose: the company's for its admins, else one's own."""
    days, since, today, one = asked(call)
    caller = call.identity
    report = await call.app[STORE].read(lambda connection: rows.report(connection, caller.company_id, one, since))
    more = {"cached_tokens": report.total.cached_tokens, "unpriced_calls": report.total.unpriced_calls}
    return json_response(
        {
            "days": days,
            "total": {**_sums(report.total), **more},
            "by_day": [
                {"day": date_of(day), **_sums(report.by_day.get(day, Sums()))} for day in range(since, today + 1)
            ],
            "by_user": [
                {"user_id": user_id, "name": name, **_sums(sums)} for (user_id, name), sums in report.by_user.items()
            ],
            "by_model": [
                {"provider": provider, "model": model, **_sums(sums)}
                for (provider, model), sums in report.by_model.items()
            ],
            "by_purpose": [{"purpose": purpose, **_sums(sums)} for purpose, sums in report.by_purpose.items()],
            "budget": await _budget(call),
        }
    )


@routes.add("GET", "/v1/lea/quota", answer=QuotaAnswer)
async def quota(call: Call[Empty]) -> web.StreamResponse:
    """What the caller may still ask this minute, at the process that is asked, and spend this month."""
    limit, remaining = await call.app[CHAT_LIMIT].left(call.identity.user_id)
    return json_response({"requests": {"limit": limit, "remaining": remaining}, "budget": await _budget(call)})


async def _budget(call: Call[Empty]) -> dict[str, object]:
    """Of the company's money a member sees no more than what is left."""
    caller = call.identity
    month, standings = await call.app[BUDGETS].standings(caller.company_id)
    company = _standing(standings, COMPANY)
    if caller.role != "admin":
        company = dict.fromkeys(company) | {"remaining_usd": company["remaining_usd"]}
    return {"month": month.name, "company": company, "user": _standing(standings, caller.user_id)}


def _standing(standings: Mapping[UserId, Standing], one: UserId) -> dict[str, float | None]:
    standing = standings.get(one, Standing(0, NO_LIMITS))
    limits = standing.limits
    return {
        "spent_usd": standing.spent / NANO,
        "soft_usd": usd(limits.soft),
        "hard_usd": usd(limits.hard),
        "remaining_usd": usd(standing.remaining),
    }


def usd(nano: int | None) -> float | None:
    """None where there is none."""
    return None if nano is None else nano / NANO


def _sums(sums: Sums) -> dict[str, object]:
    return {
        "usd": sums.cost_nano_usd / NANO,
        "prompt_tokens": sums.prompt_tokens,
        "completion_tokens": sums.completion_tokens,
        "calls": sums.calls,
    }


def date_of(day: int) -> str:
    """Of a day since the epoch."""
    return datetime.fromtimestamp(day * DAY_S, UTC).date().isoformat()


def asked(call: Call[Empty]) -> tuple[int, int, int, UserId | None]:
    """How many days, the first and the last of them, and of whom: None is the company, which its admins see.

    Raises BadRequest.
    """
    caller, today = call.identity, int(call.app[CLOCK].now() // DAY_S)
    days = _days(call.request.query.get("days", str(DAYS)))
    return days, today - days + 1, today, None if caller.role == "admin" else caller.user_id


def _days(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= MOST_DAYS:
        raise BadRequest(errors=[{"path": "days", "message": f"a number from 1 to {MOST_DAYS}"}])
    return int(value)
