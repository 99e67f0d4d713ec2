"""Reports of drills: the newest of each company."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select

from lea.ids import CompanyId, UserId
from lea.store.drill_tables import drill_reports
from lea.store.tables import users

KEPT: Final = 20
"""Most reports of a company; the oldest goes when another comes."""


@dataclass(frozen=True, slots=True)
class Report:
    """Times are seconds since the epoch; `scenarios` are plain values, in the order they were played."""

    id: str
    began_at: float
    ended_at: float
    passed: bool
    scenarios: Sequence[dict[str, Any]]


def keep(connection: Connection, company_id: CompanyId, user_id: UserId, report: Report) -> None:
    """Keep a report in the place of the oldest where there are too many."""
    connection.execute(
        insert(drill_reports).values(
            id=report.id,
            company_id=company_id,
            user_id=user_id,
            began_at=report.began_at,
            ended_at=report.ended_at,
            passed=report.passed,
            scenarios=list(report.scenarios),
        )
    )
    old = _newest(company_id).offset(KEPT).with_only_columns(drill_reports.c.id)
    ids = list(connection.scalars(old))
    if ids:
        connection.execute(delete(drill_reports).where(drill_reports.c.id.in_(ids)))


def newest(connection: Connection, company_id: CompanyId) -> list[tuple[Report, str]]:
    """The company's reports with the name of who ran each, the newest first."""
    rows = connection.execute(_newest(company_id).limit(KEPT))
    return [(Report(row.id, row.began_at, row.ended_at, row.passed, row.scenarios), row.name) for row in rows]


def _newest(company_id: CompanyId) -> Any:
    return (
        select(drill_reports, users.c.name)
        .join(users, users.c.id == drill_reports.c.user_id)
        .where(drill_reports.c.company_id == company_id)
        .order_by(drill_reports.c.ended_at.desc(), drill_reports.c.id)
    )
