"""What people want asked at set times: kept, changed, and begun once for each moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update
from sqlalchemy.sql import ColumnElement

from lea import faults
from lea.errors import Conflict, NotFound
from lea.ids import CompanyId, RunId, ThreadId, TurnId, UserId
from lea.sentences import Language
from lea.store import runs
from lea.store.run_tables import run_jobs
from lea.store.run_tables import runs as run_rows
from lea.store.runs import PERSONAL, NewRun, Run
from lea.store.schedule_tables import schedules
from lea.store.tables import turns, users

__all__ = ["Connection", "Due", "NewSchedule", "Schedule"]

KEPT_S: Final = 24 * 3600.0
"""How long a deleted one can be brought back."""

State = Literal["active", "paused", "ended"]
Result = Literal["running", "answered", "stopped", "failed", "missed", "disabled"]


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """What is asked for."""

    id: str
    company_id: CompanyId
    user_id: UserId
    text: str
    rule: Mapping[str, Any]
    language: Language
    thread_id: ThreadId
    next_at: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """As it stands; what begins with `last` is of the newest moment it was due at, or asked for at once."""

    id: str
    company_id: CompanyId
    user_id: UserId
    text: str
    rule: Mapping[str, Any]
    language: Language
    thread_id: ThreadId
    state: State
    next_at: float | None
    last_due_at: float | None
    last_run_id: RunId | None
    last_turn_id: TurnId | None
    last_result: Result | None
    last_error: str | None
    last_late_s: float | None
    last_ended_at: float | None
    version: int
    created_at: float
    updated_at: float
    deleted_at: float | None


@dataclass(frozen=True, slots=True)
class Due:
    """One whose moment has come; `disabled` where its person may not use Léa."""

    schedule: Schedule
    disabled: bool


COLUMNS: Final = tuple(Schedule.__slots__)
SELECTED: Final[Select[Any]] = select(*(schedules.c[name] for name in COLUMNS))
KEPT: Final = schedules.c.deleted_at.is_(None)


def family(schedule_id: str) -> str:
    """Of its runs: they come one after the other, and keep no others waiting."""
    return f"{PERSONAL}{schedule_id}"


def create(connection: Connection, new: NewSchedule, most: int, now: float) -> Schedule:
    """The one of this id, made now unless it is there. Raises Conflict(`schedules_full`)."""
    known = connection.execute(SELECTED.where(schedules.c.id == new.id)).one_or_none()
    if known is not None:
        return _schedule(known)
    counted = select(func.count()).where(schedules.c.user_id == new.user_id, KEPT, schedules.c.state != "ended")
    if (connection.scalar(counted) or 0) >= most:
        raise Conflict("schedules_full", most=most)
    values = {name: getattr(new, name) for name in NewSchedule.__slots__}
    values |= {"rule": dict(new.rule), "state": "active", "version": 1, "created_at": now, "updated_at": now}
    connection.execute(insert(schedules).values(values))
    return get(connection, new.user_id, new.id)


def get(connection: Connection, user_id: UserId, schedule_id: str) -> Schedule:
    """A person's own. Raises NotFound."""
    row = connection.execute(SELECTED.where(_own(user_id, schedule_id), KEPT)).one_or_none()
    if row is None:
        raise NotFound
    return _schedule(row)


def find(connection: Connection, schedule_id: str) -> Schedule | None:
    """Whosever it is."""
    row = connection.execute(SELECTED.where(schedules.c.id == schedule_id, KEPT)).one_or_none()
    return None if row is None else _schedule(row)


def all_of(connection: Connection, user_id: UserId, most: int) -> list[Schedule]:
    """A person's, what comes next first; those that have nothing to come last, newest first."""
    query = SELECTED.where(schedules.c.user_id == user_id, KEPT).order_by(
        schedules.c.next_at.is_(None), schedules.c.next_at, schedules.c.created_at.desc(), schedules.c.id
    )
    return [_schedule(row) for row in connection.execute(query.limit(most))]


def change(connection: Connection, user_id: UserId, schedule_id: str, now: float, **values: Any) -> Schedule:
    """Raises NotFound."""
    changed = connection.execute(
        update(schedules)
        .where(_own(user_id, schedule_id), KEPT)
        .values(version=schedules.c.version + 1, updated_at=now, **values)
    )
    if changed.rowcount == 0:
        raise NotFound
    return get(connection, user_id, schedule_id)


def put_aside(connection: Connection, user_id: UserId, schedule_id: str, now: float) -> None:
    """Delete it so that it can be brought back. Raises NotFound."""
    values = {"deleted_at": now, "version": schedules.c.version + 1, "updated_at": now}
    if connection.execute(update(schedules).where(_own(user_id, schedule_id), KEPT).values(values)).rowcount == 0:
        raise NotFound


def deleted(connection: Connection, user_id: UserId, schedule_id: str, now: float) -> Schedule:
    """One that can be brought back. Raises NotFound."""
    row = connection.execute(
        SELECTED.where(_own(user_id, schedule_id), schedules.c.deleted_at > now - KEPT_S)
    ).one_or_none()
    if row is None:
        raise NotFound
    return _schedule(row)


def bring_back(
    connection: Connection, user_id: UserId, schedule_id: str, next_at: float | None, state: State, now: float
) -> Schedule:
    """Undo the deletion of one there is."""
    connection.execute(
        update(schedules)
        .where(_own(user_id, schedule_id))
        .values(deleted_at=None, next_at=next_at, state=state, version=schedules.c.version + 1, updated_at=now)
    )
    return get(connection, user_id, schedule_id)


def erase(connection: Connection, now: float) -> int:
    """Erase for good what can no longer be brought back; how many."""
    return connection.execute(delete(schedules).where(schedules.c.deleted_at <= now - KEPT_S)).rowcount


def due(connection: Connection, now: float, limit: int) -> list[Due]:
    """Those whose moment has come, longest ago first; none whose last run has not ended."""
    busy = select(run_rows.c.id).where(
        run_rows.c.company_id == schedules.c.company_id,
        run_rows.c.family == PERSONAL + schedules.c.id,
        run_rows.c.ended_at.is_(None),
    )
    query = (
        SELECTED.add_columns(users.c.disabled_at)
        .join(users, users.c.id == schedules.c.user_id)
        .where(schedules.c.state == "active", schedules.c.next_at <= now, KEPT, ~busy.exists())
        .order_by(schedules.c.next_at)
        .limit(limit)
    )
    return [Due(_schedule(row), row.disabled_at is not None) for row in connection.execute(query)]


def next_due(connection: Connection) -> float | None:
    """When there is something to do next."""
    found: float | None = connection.scalar(
        select(func.min(schedules.c.next_at)).where(schedules.c.state == "active", KEPT)
    )
    return found


def claim(connection: Connection, one: Schedule, following: float | None, now: float, **last: Any) -> bool:
    """Move it on from the moment it is due at; whether this was the one who did: of several processes one does."""
    values: dict[str, Any] = {"next_at": following, "last_due_at": one.next_at, "updated_at": now, **NOTHING, **last}
    if following is None and "state" not in last:
        values["state"] = "ended"
    moved = connection.execute(
        update(schedules)
        .where(schedules.c.id == one.id, schedules.c.state == "active", schedules.c.next_at == one.next_at, KEPT)
        .values(values)
    )
    return moved.rowcount == 1


def begin(
    connection: Connection, one: Schedule, following: float | None, new: NewRun, now: float, late_s: float
) -> Run | None:
    """Claim it and begin its run, both or neither; None where another process did."""
    if not claim(connection, one, following, now, last_run_id=new.id, last_result="running", last_late_s=late_s):
        return None
    run = runs.begin(connection, new, now)
    faults.reach("schedule.beginning")
    return run


def begin_now(connection: Connection, one: Schedule, new: NewRun, now: float) -> Run:
    """Begin a run beside its moments. Raises Conflict(`run_active`) while one is under way."""
    known = runs.find(connection, one.company_id, new.id)
    if known is not None:
        return known
    run = runs.begin(connection, new, now)
    last = {**NOTHING, "last_due_at": now, "last_run_id": new.id, "last_result": "running", "last_late_s": 0.0}
    connection.execute(update(schedules).where(schedules.c.id == one.id).values(updated_at=now, **last))
    return run


def told(
    connection: Connection,
    schedule_id: str,
    run_id: RunId,
    turn_id: TurnId | None,
    result: Result,
    error: str | None,
    now: float,
) -> None:
    """How its run went, unless a newer one was begun."""
    connection.execute(
        update(schedules)
        .where(schedules.c.id == schedule_id, schedules.c.last_run_id == run_id)
        .values(last_turn_id=turn_id, last_result=result, last_error=error, last_ended_at=now, updated_at=now)
    )


def pause_disabled(connection: Connection, schedule_id: str, now: float) -> None:
    """Its person may not use Léa any more."""
    connection.execute(
        update(schedules)
        .where(schedules.c.id == schedule_id, schedules.c.state == "active")
        .values(state="paused", next_at=None, updated_at=now)
    )


def unsettled(connection: Connection, limit: int) -> list[tuple[Schedule, str, str | None]]:
    """Those whose run ended without telling, with the run's state and what was wrong."""
    wrong = (
        select(run_jobs.c.error_code).where(run_jobs.c.run_id == run_rows.c.id).limit(1).correlate(run_rows)
    ).scalar_subquery()
    query = (
        SELECTED.add_columns(run_rows.c.state.label("run_state"), run_rows.c.error_code, wrong.label("job_error"))
        .join(run_rows, run_rows.c.id == schedules.c.last_run_id)
        .where(schedules.c.last_result == "running", run_rows.c.ended_at.is_not(None))
        .limit(limit)
    )
    return [(_schedule(row), row.run_state, row.error_code or row.job_error) for row in connection.execute(query)]


def turn_state(connection: Connection, turn_id: TurnId) -> Literal["none", "live", "ended"]:
    """How far a turn is."""
    row = connection.execute(select(turns.c.ended_at).where(turns.c.id == turn_id)).one_or_none()
    if row is None:
        return "none"
    return "live" if row.ended_at is None else "ended"


def is_last(connection: Connection, user_id: UserId, thread_id: ThreadId, turn_id: TurnId) -> bool:
    """Whether no turn of the conversation came after this one."""
    query = (
        select(turns.c.id)
        .where(turns.c.user_id == user_id, turns.c.thread_id == thread_id)
        .order_by(turns.c.fence.desc())
        .limit(1)
    )
    return connection.scalar(query) == turn_id


NOTHING: Final[dict[str, Any]] = dict.fromkeys(
    ("last_run_id", "last_turn_id", "last_result", "last_error", "last_late_s", "last_ended_at")
)


def _own(user_id: UserId, schedule_id: str) -> ColumnElement[bool]:
    return (schedules.c.user_id == user_id) & (schedules.c.id == schedule_id)


def _schedule(row: Row[Any]) -> Schedule:
    return Schedule(**{name: getattr(row, name) for name in COLUMNS})
