"""Where a company's files and articles are brought in and changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lea.errors import BadRequest, Conflict, NotFound
from lea.ids import CompanyId
from lea.records.file import cents
from lea.runs.catalog.files import Files
from lea.runs.catalog.products import CURRENCY
from lea.runs.catalog.readers import Readers
from lea.store import catalog
from lea.store.catalog import Connection, Row

KEPT: Final = 50
"""Files of a company; with one more the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files, and who reads them."""

    files: Files
    readers: Readers


def change(
    connection: Connection,
    company_id: CompanyId,
    item_id: str,
    fields: Mapping[str, Any],
    now: float,
    *,
    version: int | None = None,
) -> Row[Any]:
    """The article with what was sent.

    Raises NotFound, Conflict(`record_changed`), BadRequest(`currency_without_price`).
    """
    row = catalog.item(connection, company_id, item_id, lock=True)
    if row is None:
        raise NotFound
    if version is not None and version != row.version:
        raise Conflict("record_changed")
    wanted = _priced(row, dict(fields))
    differs = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not differs:
        return row
    catalog.put(connection, item_id, differs | {"version": row.version + 1, "updated_at": now})
    changed = catalog.item(connection, company_id, item_id)
    assert changed is not None
    return changed


def _priced(row: Row[Any], fields: dict[str, Any]) -> dict[str, Any]:
    """A price has a currency, and there is none without."""
    if not fields.keys() & {"price", "currency"}:
        return fields
    price = cents(fields.pop("price")) if "price" in fields else row.price_cents
    currency = fields.pop("currency", None)
    if currency and price is None:
        raise BadRequest("currency_without_price")
    return fields | {"price_cents": price, "currency": None if price is None else currency or row.currency or CURRENCY}
