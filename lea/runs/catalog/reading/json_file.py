"""JSON: a list of objects, or an object that holds one."""

from typing import Any, Final

import orjson

from lea.runs.catalog.reading.csv_file import text_of
from lea.runs.catalog.reading.sheet import Grid, Limits, Unreadable, number

HOLDERS: Final = ("items", "products", "produits", "articles", "data", "catalog", "catalogue", "results", "rows")


def read(data: bytes, limits: Limits) -> Grid:
    """Its objects below a row of all their keys, what is nested as `outer.inner`. Raises Unreadable."""
    objects = _objects(data)
    flat = [_flat(one, place) for place, one in enumerate(objects, start=1)]
    columns = list(dict.fromkeys(key for one in flat for key in one))
    if not columns:
        raise Unreadable("file_empty")
    grid = Grid(limits)
    grid.add(0, columns)
    for place, one in enumerate(flat, start=1):
        if place > limits.rows:
            raise Unreadable("file_too_many_rows", place)
        grid.add(place, [one.get(column, "") for column in columns])
    return grid


def _objects(data: bytes) -> list[Any]:
    try:
        value = orjson.loads(text_of(data))
    except orjson.JSONDecodeError as error:
        raise Unreadable("file_not_understood", error.lineno) from None
    if isinstance(value, dict):
        value = next((value[name] for name in HOLDERS if isinstance(value.get(name), list)), None)
    if not isinstance(value, list):
        raise Unreadable("file_no_header")
    return value


def _flat(value: Any, place: int) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Unreadable("file_not_understood", place)
    flat: dict[str, str] = {}
    for key, one in value.items():
        if isinstance(one, dict):
            flat |= {f"{key}.{inner}": _cell(deeper) for inner, deeper in one.items()}
        else:
            flat[key] = _cell(one)
    return flat


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ", ".join(_cell(one) for one in value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()
