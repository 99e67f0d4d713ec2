"""What jobs cost that came to nothing: kept without an effect, and added to their job and run."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from lea.ids import RunId
from lea.store import usage
from lea.store.action_tables import usage as table
from lea.store.run_tables import run_jobs, runs
from lea.store.usage import UsageRow


def add(connection: Connection, run_id: RunId, key: str, rows: Sequence[UsageRow]) -> None:
    """Keep these calls, once; the job's next change tells its watchers."""
    known = set(connection.scalars(select(table.c.id).where(table.c.id.in_([row.id for row in rows]))))
    fresh = [row for row in rows if row.id not in known]
    usage.add(connection, fresh)
    cost = sum(row.cost_nano_usd or 0 for row in fresh)
    if cost:
        # the run before its job, as whoever saves jobs does: the other way round the two could wait for each other
        connection.execute(update(runs).where(runs.c.id == run_id).values(cost_nano_usd=runs.c.cost_nano_usd + cost))
        job = (run_jobs.c.run_id == run_id) & (run_jobs.c.key == key)
        connection.execute(update(run_jobs).where(job).values(cost_nano_usd=run_jobs.c.cost_nano_usd + cost))
