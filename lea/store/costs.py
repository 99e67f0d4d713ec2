"""What was spent, added up by day, person, model and purpose."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Integer, cast, func, literal_column, select

from lea.ids import CompanyId, UserId
from lea.store.action_tables import usage
from lea.store.tables import users

DAY_S: Final = 86_400
SECONDS: Final[ColumnElement[int]] = literal_column(str(DAY_S), Integer)
"""Written out: PostgreSQL takes two parameters of the same value for two expressions to group by."""
DAY: Final[dict[str, ColumnElement[int]]] = {
    "sqlite": cast(usage.c.at / SECONDS, Integer),
    "postgresql": cast(func.floor(usage.c.at / SECONDS), Integer),
}
"""Days since the epoch; a cast cuts in the one and rounds in the other."""


@dataclass(frozen=True, slots=True)
class Sums:
    """`cost_nano_usd` is of those calls whose price is known, all but `unpriced_calls`."""

    cost_nano_usd: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    calls: int = 0
    unpriced_calls: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Keys are a day since the epoch, (user, name), (provider, model), a purpose."""

    total: Sums
    by_day: dict[int, Sums]
    by_user: dict[tuple[UserId, str | None], Sums]
    by_model: dict[tuple[str, str], Sums]
    by_purpose: dict[str, Sums]


SUMS: Final = (
    func.sum(usage.c.cost_nano_usd),
    func.sum(usage.c.prompt_tokens),
    func.sum(usage.c.completion_tokens),
    func.sum(usage.c.cached_tokens),
    func.count(),
    func.count() - func.count(usage.c.cost_nano_usd),
)


def report(connection: Connection, company_id: CompanyId, user_id: UserId | None, since_day: int) -> Report:
    """From that day on; of one user, or of the whole company."""
    here = (usage.c.company_id == company_id) & (usage.c.at >= since_day * DAY_S)
    if user_id is not None:
        here &= usage.c.user_id == user_id

    def by(*keys: ColumnElement[Any]) -> Sequence[tuple[tuple[Any, ...], Sums]]:
        query = select(*keys, *SUMS).select_from(usage).where(here).group_by(*keys).order_by(*keys)
        found = connection.execute(query).all() if keys else [connection.execute(query).one()]
        return [(tuple(row[: len(keys)]), Sums(*(int(n or 0) for n in row[len(keys) :]))) for row in found]

    people = by(usage.c.user_id)
    names: dict[str, str] = {}
    if people:
        query = select(users.c.id, users.c.name).where(users.c.company_id == company_id)
        names = {row.id: row.name for row in connection.execute(query)}
    return Report(
        total=by()[0][1],
        by_day={day: sums for (day,), sums in by(DAY[connection.dialect.name])},
        by_user={(one, names.get(one)): sums for (one,), sums in people},
        by_model={(provider, model): sums for (provider, model), sums in by(usage.c.provider, usage.c.model)},
        by_purpose={purpose: sums for (purpose,), sums in by(usage.c.purpose)},
    )
