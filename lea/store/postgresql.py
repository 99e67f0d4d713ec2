"""PostgreSQL: a pool of connections, each unit a transaction of its own."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.exc import ArgumentError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from lea.config import Database
from lea.errors import StartError
from lea.store.failures import reason

T = TypeVar("T")

CONNECTIONS = 20
GRACE_S = 0.25
"""How long the server may take to confirm that it cancelled a unit; then the connection is cut."""


class Postgresql:
    """Writers and readers share the pool; what only reads has no transaction around it, so it is one round trip."""

    dialect = "postgresql"

    def __init__(self, config: Database) -> None:
        self.engine = _postgresql(config)
        self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    async def write(self, unit: Callable[[Connection], T], until: float | None) -> T:
        """The unit's result, committed. A unit that is not done at `until` (loop time) is cancelled at the server."""
        return await self._run(self.engine, unit, until)

    async def read(self, unit: Callable[[Connection], T], until: float | None) -> T:
        """The same for a unit that only reads."""
        return await self._run(self._reading, unit, until)

    async def aclose(self) -> None:
        await self.engine.dispose()

    async def _run(self, engine: AsyncEngine, unit: Callable[[Connection], T], until: float | None) -> T:
        late: asyncio.TimerHandle | None = None
        try:
            async with asyncio.timeout_at(until), engine.begin() as connection:
                driver: Any = (await connection.get_raw_connection()).driver_connection
                if until is not None:
                    late = asyncio.get_running_loop().call_at(until + GRACE_S, driver.terminate)
                return await connection.run_sync(unit)
        finally:
            if late is not None:
                late.cancel()


def _postgresql(config: Database) -> AsyncEngine:
    """The server ends by itself what we gave up, also when it cannot be told so any more."""
    limit = str(round(config.timeout * 1000))
    settings = {
        "application_name": "lea",
        "statement_timeout": limit,
        "idle_in_transaction_session_timeout": limit,
    }
    try:
        engine = create_async_engine(
            config.url,
            hide_parameters=True,  # they hold what people wrote
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=config.timeout,
            connect_args={"timeout": config.timeout, "server_settings": settings},
        )
        known = inspect.signature(engine.dialect.loaded_dbapi.asyncpg.connect).parameters
        _, options = engine.dialect.create_connect_args(engine.url)
    except ModuleNotFoundError:
        raise StartError("database.url: PostgreSQL needs asyncpg: pip install 'lea[postgres]'") from None
    except (ArgumentError, ValueError) as error:
        raise StartError(f"database.url: {reason(error)}") from None
    unknown = sorted(options.keys() - known.keys() - {"prepared_statement_cache_size", "prepared_statement_name_func"})
    if unknown:
        raise StartError(f"database.url: asyncpg has no option {unknown[0]}")
    event.listen(engine.sync_engine, "checkout", _still_open)
    event.listen(engine.sync_engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _without_nul(
    _connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """PostgreSQL keeps no NUL character in a text; an answer that has one is kept with U+FFFD in its place."""
    if many:
        return statement, [_replaced(row) for row in parameters]
    return statement, _replaced(parameters)


def _replaced(row: Any) -> Any:
    if not isinstance(row, tuple):
        return row
    return tuple(value.replace("\0", "\ufffd") if isinstance(value, str) else value for value in row)


def _still_open(connection: Any, _record: Any, _proxy: Any) -> None:
    """A server that was restarted has closed them all; the driver knows without asking, which a ping would cost."""
    if connection.driver_connection.is_closed():
        raise InvalidatePoolError
