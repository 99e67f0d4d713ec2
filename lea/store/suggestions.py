"""What a company could be asked about just now: one short look at its files, its departments' jobs and its runs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from lea.ids import CompanyId
from lea.store.business_tables import department_jobs, transactions
from lea.store.run_tables import runs
from lea.store.runs import SHARED

__all__ = ["Connection", "Promising", "promising"]


@dataclass(frozen=True, slots=True)
class Promising:
    """`reference` is of the open file that changed last, `stage` the one most open files are at, `jobs` the
    department and state with the most jobs that somebody still has to do; None where there is none."""

    reference: str | None
    stage: str | None
    jobs: tuple[str, str] | None
    runs: bool


def promising(connection: Connection, company_id: CompanyId, over: str, states: tuple[str, ...]) -> Promising:
    """`over` is the stage of the files that are not open, `states` are those of jobs that are not done."""
    at, job = transactions.c, department_jobs.c
    files = (at.company_id == company_id, at.stage != over)
    newest = select(at.reference).where(*files).order_by(at.updated_at.desc(), at.id.desc()).limit(1)
    stage = select(at.stage).where(*files).group_by(at.stage).order_by(func.count().desc(), at.stage).limit(1)
    pair: tuple[Any, Any] = (job.department, job.state)
    waiting = select(*pair).where(job.company_id == company_id, job.state.in_(states)).group_by(*pair)
    jobs = connection.execute(waiting.order_by(func.count().desc(), *pair).limit(1)).one_or_none()
    under_way = select(runs.c.id).where(runs.c.company_id == company_id, runs.c.ended_at.is_(None), SHARED).limit(1)
    return Promising(
        reference=connection.execute(newest).scalar_one_or_none(),
        stage=connection.execute(stage).scalar_one_or_none(),
        jobs=None if jobs is None else (jobs.department, jobs.state),
        runs=connection.execute(under_way).scalar_one_or_none() is not None,
    )
