"""What a document of Firestore says about a job; each of its values says its type, and none can be relied on."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from lea.ids import derived_id
from lea.sources.foreign import Garbled, title_of
from lea.sources.source import DEPARTMENTS, STATES, JobSummary

DEEPEST: Final = 20
"""How deep Firestore itself lets maps and lists be nested."""


class Fields(NamedTuple):
    """Paths of the fields, `.` between a map and what is in it."""

    department: str
    state: str
    title: str
    updated: str


def job_of(document: Any, fields: Fields) -> JobSummary | None:
    """None for what has no known department or state, or no moment it was changed at."""
    match document:
        case {"name": str(name), "fields": dict(values)}:
            content = decoded_map(values)
        case _:
            return None
    department, state = at(content, fields.department), at(content, fields.state)
    updated = at(content, fields.updated)
    if department not in DEPARTMENTS or state not in STATES or not isinstance(updated, datetime):
        return None
    created = _moment(document.get("createTime"))
    changed = updated.timestamp()
    return JobSummary(
        id=f"firestore.{derived_id('document', name)}",
        department=department,
        state=state,
        title=title_of([at(content, fields.title)]),
        updated_at=changed,
        source="firestore",
        created_at=changed if created is None else created.timestamp(),
    )


def at(content: Mapping[str, Any], path: str) -> Any:
    """What is there, or None."""
    found: Any = content
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def decoded_map(fields: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The values of a map by name."""
    return {name: decoded(value, depth) for name, value in fields.items()}


def decoded(value: Any, depth: int = 0) -> Any:
    """A typed value as Python has it; None for what is of no known type, or is not what its type says."""
    if not isinstance(value, dict) or len(value) != 1 or depth > DEEPEST:
        return None
    ((kind, content),) = value.items()
    decode = KINDS.get(kind)
    try:
        return None if decode is None else decode(content, depth)
    except (AttributeError, LookupError, TypeError, ValueError, OverflowError):
        return None


def whole_number(value: Any) -> int:
    """Of a count, which is an integerValue. Raises Garbled."""
    number = decoded(value)
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise Garbled
    return number


def _text(content: Any, depth: int) -> str | None:
    return content if isinstance(content, str) else None


def _array(content: Any, depth: int) -> list[Any]:
    return [decoded(one, depth + 1) for one in content.get("values", [])]


def _map(content: Any, depth: int) -> dict[str, Any]:
    return decoded_map(content.get("fields", {}), depth + 1)


def _moment(text: Any) -> datetime | None:
    """RFC 3339, of which Firestore writes up to nine digits of a second."""
    try:
        parsed = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=UTC)


KINDS: Final[Mapping[str, Callable[[Any, int], Any]]] = {
    "nullValue": lambda content, depth: None,
    "stringValue": _text,
    "referenceValue": _text,
    "integerValue": lambda content, depth: int(content),  # written as text: JavaScript's numbers have no 64 bits
    "doubleValue": lambda content, depth: float(content),  # NaN and Infinity are written as text
    "booleanValue": lambda content, depth: content if isinstance(content, bool) else None,
    "timestampValue": lambda content, depth: _moment(content),
    "bytesValue": lambda content, depth: b64decode(content),
    "geoPointValue": lambda content, depth: (float(content["latitude"]), float(content["longitude"])),
    "arrayValue": _array,
    "mapValue": _map,
}
