"""What a database says went wrong, in Léa's words."""

from typing import Final

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from lea.errors import DatabaseFull, DatabaseTimeout, DatabaseUnavailable, InternalError, LeaError, StartError

FAILURES: Final = (OSError, DBAPIError, PoolTimeout)
"""What a driver or the pool raises; TimeoutError is an OSError."""

SQLITE: Final[dict[int, type[LeaError]]] = {
    5: DatabaseTimeout,  # SQLITE_BUSY
    6: DatabaseTimeout,  # SQLITE_LOCKED
    8: DatabaseUnavailable,  # SQLITE_READONLY
    9: DatabaseTimeout,  # SQLITE_INTERRUPT: only we interrupt, and only what is late
    10: DatabaseUnavailable,  # SQLITE_IOERR
    11: DatabaseUnavailable,  # SQLITE_CORRUPT
    13: DatabaseFull,  # SQLITE_FULL
    14: DatabaseUnavailable,  # SQLITE_CANTOPEN
    26: DatabaseUnavailable,  # SQLITE_NOTADB
}
"""By primary result code (https://www.sqlite.org/rescode.html)."""

POSTGRESQL: Final[tuple[tuple[str, type[LeaError]], ...]] = (
    ("57014", DatabaseTimeout),  # query_canceled: statement_timeout, or our own cancelling
    ("55P03", DatabaseTimeout),  # lock_not_available
    ("25P03", DatabaseTimeout),  # idle_in_transaction_session_timeout
    ("53100", DatabaseFull),  # disk_full
    ("53", DatabaseUnavailable),  # insufficient_resources: memory, connections
    ("57P", DatabaseUnavailable),  # shutting down, crashed, starting up
    ("08", DatabaseUnavailable),  # connection_exception
    ("58", DatabaseUnavailable),  # system_error
    ("25006", DatabaseUnavailable),  # read_only_sql_transaction: a standby
    ("28", DatabaseUnavailable),  # invalid_authorization
    ("3D", DatabaseUnavailable),  # no such database
)
"""By the beginning of the SQLSTATE, the first that fits (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

LOST_TO_ANOTHER: Final = ("40001", "40P01")
"""serialization_failure and deadlock_detected: the same unit may well pass when run again."""


def translated(error: Exception) -> LeaError | StartError:
    """The error a caller of the store sees, with the database's own as its cause."""
    if isinstance(error, LeaError | StartError):
        return error
    result = _kind(error)()
    result.__cause__ = error
    return result


def locked(error: Exception) -> bool:
    """Whether another process holds SQLite's write lock."""
    return _sqlite_code(error) in {5, 6}


def lost_to_another(error: Exception) -> bool:
    """Whether the database chose this transaction as the one to end."""
    return _state(error) in LOST_TO_ANOTHER


def reason(error: BaseException) -> str:
    """One line for an operator, without the values of a statement."""
    if isinstance(error, LeaError) and error.__cause__ is not None:
        error = error.__cause__
    if isinstance(error, DBAPIError):
        error = error.driver_exception
    if isinstance(error, TimeoutError | PoolTimeout):
        return "it does not answer in time"
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _kind(error: Exception) -> type[LeaError]:
    if isinstance(error, TimeoutError | PoolTimeout):
        return DatabaseTimeout
    if isinstance(error, OSError):
        return DatabaseUnavailable
    code, state = _sqlite_code(error), _state(error)
    for beginning, kind in POSTGRESQL:
        if state.startswith(beginning):
            return kind
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseUnavailable
    return SQLITE.get(code, InternalError)


def _sqlite_code(error: Exception) -> int:
    return getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF


def _state(error: Exception) -> str:
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""
