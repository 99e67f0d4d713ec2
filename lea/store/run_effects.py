"""What jobs made, put into the database beside the record that they are done; one mistake stays with its job."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from lea.errors import LeaError
from lea.ids import RunId

Effect = Callable[[Connection], str | None]

log = structlog.get_logger()


class Effects(NamedTuple):
    """By job: the codes of those that failed, of which then nothing is left, and what others have told."""

    failed: dict[str, str]
    told: dict[str, str]


def effects(connection: Connection, run_id: RunId, wanted: Mapping[str, Effect]) -> Effects:
    """Have them all.

    They are tried together first: a savepoint for each would double the way to the database for every job.
    """
    try:
        with _savepoint(connection):
            summaries = {key: effect(connection) for key, effect in wanted.items()}
    except Exception as error:  # whose mistake it was is found out below
        if _of_the_database(error):
            raise
        return _one_by_one(connection, run_id, wanted)
    return Effects({}, {key: text for key, text in summaries.items() if text is not None})


def _one_by_one(connection: Connection, run_id: RunId, wanted: Mapping[str, Effect]) -> Effects:
    outcome = Effects({}, {})
    for key, effect in wanted.items():
        code = _alone(connection, run_id, key, effect, outcome.told)
        if code is not None:
            outcome.failed[key] = code
    return outcome


def _alone(connection: Connection, run_id: RunId, key: str, effect: Effect, told: dict[str, str]) -> str | None:
    try:
        with _savepoint(connection):
            text = effect(connection)
    except LeaError as error:
        return error.reason
    except Exception as error:  # one job's mistake must not keep the others of its batch from being saved
        if _of_the_database(error):
            raise
        log.error("run.job_not_saved", run_id=run_id, job=key, exc_info=error)
        return "internal_error"
    if text is not None:
        told[key] = text
    return None


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("SAVEPOINT job")
    try:
        yield
    except Exception as error:
        if not _of_the_database(error):
            connection.exec_driver_sql("ROLLBACK TO job")
            connection.exec_driver_sql("RELEASE job")
        raise
    connection.exec_driver_sql("RELEASE job")


def _of_the_database(error: Exception) -> bool:
    """It fails the whole unit, which may then be run again."""
    return isinstance(error, DBAPIError) and not isinstance(error, IntegrityError | DataError)
