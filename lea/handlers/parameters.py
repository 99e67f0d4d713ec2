"""What a request may say beside its path and body, for `/openapi.json`; handlers read and check it themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Parameter:
    """Of the query, or a header; `schema` is what its value may be, any text unless that is said."""

    says: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})
    required: bool = False


def between(low: int, high: int, says: str = "") -> Parameter:
    """A whole number."""
    return Parameter(says or f"{low} to {high}", {"type": "integer", "minimum": low, "maximum": high})


def one_of(*names: str, says: str = "") -> Parameter:
    """One of a few words, the first one where nothing is said unless `says` tells otherwise."""
    return Parameter(says or f"{', '.join(names)}", {"type": "string", "enum": list(names)})


CURSOR: Final = Parameter("of the page before: its next_cursor", {"type": "string", "maxLength": 500})
PAGED: Final = {"limit": between(1, 100), "cursor": CURSOR}
"""Of a list that is read page by page."""
LOOKED_FOR: Final = {"q": Parameter("words to look for", required=True)}
AFTER: Final = {"after": Parameter("a cursor, where no header can be sent")}
"""Of an event stream that can be gone on with."""
LAST_EVENT: Final = {"Last-Event-ID": Parameter("the `id` of the last event that came: the stream goes on after it")}
