"""Statements every turn runs or every session loads: their SQL is made once for each dialect and given to the driver.

SQLAlchemy looks a statement up in its cache and arranges its parameters at each run, which takes three times as long as
running it. Rows come as the driver gives them: a statement that reads must name columns that need no conversion.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Dialect
from sqlalchemy.sql import ClauseElement

Parameters = Mapping[str, Any]
Found = CursorResult[*tuple[Any, ...]]
_Slot = tuple[str, Callable[[Any], Any] | None, Any]
"""A parameter's name, how the driver wants it, and the value it has unless one is given."""
_MISSING: Final = object()


class Prepared:
    """A statement; `columns` are those an `INSERT` is given."""

    def __init__(self, statement: ClauseElement, columns: Sequence[str] | None = None) -> None:
        self._statement: Final = statement
        self._columns: Final = columns
        self._known: dict[str, tuple[str, tuple[_Slot, ...]]] = {}

    def run(self, connection: Connection, parameters: Parameters | Sequence[Parameters]) -> Found:
        """Run it with these, or once with each of them. Raises KeyError for one that is missing."""
        sql, slots = self._known.get(connection.dialect.name) or self._made(connection.dialect)
        if isinstance(parameters, Mapping):
            return connection.exec_driver_sql(sql, _arranged(slots, parameters))
        return connection.exec_driver_sql(sql, [_arranged(slots, one) for one in parameters])

    def _made(self, dialect: Dialect) -> tuple[str, tuple[_Slot, ...]]:
        compiled: Any = self._statement.compile(dialect=dialect, column_keys=self._columns)
        slots = tuple(
            (name, bind.type.dialect_impl(dialect).bind_processor(dialect), _MISSING if bind.required else bind.value)
            for name, bind in ((name, compiled.binds[name]) for name in compiled.positiontup)
        )
        made = self._known[dialect.name] = (compiled.string, slots)
        return made


def _arranged(slots: Sequence[_Slot], parameters: Parameters) -> tuple[Any, ...]:
    values = []
    for name, processed, otherwise in slots:
        value = parameters[name] if otherwise is _MISSING else parameters.get(name, otherwise)
        values.append(value if processed is None else processed(value))
    return tuple(values)
