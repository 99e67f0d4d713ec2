"""What may be changed of a transaction, and how."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from lea.errors import BadRequest, Conflict
from lea.ids import CompanyId
from lea.records.file import FIELDS, cents, with_parties, written
from lea.records.parts import locked
from lea.store import transactions as store
from lea.store.transactions import Connection

CURRENCY: Final = "EUR"
"""Of a price that comes without one."""
Changed = tuple[dict[str, Any], dict[str, Any]]


def change(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    fields: Mapping[str, Any],
    now: float,
    *,
    version: int | None = None,
    geocode: bool = False,
) -> Changed:
    """What was before and is after, of the fields that differ; both empty where none does.

    Raises Conflict(`record_changed`) where `version` is not the current one, BadRequest(`currency_without_price`).
    """
    row = locked(connection, company_id, transaction_id)
    if version is not None and version != row.version:
        raise Conflict("record_changed")
    was = with_parties(connection, company_id, [row])[0].fields()
    wanted = priced(was | dict(fields))
    if fields.get("currency") and wanted["price"] is None:
        raise BadRequest("currency_without_price")
    after = {name: wanted[name] for name in FIELDS if wanted[name] != was[name]}
    if after:
        values = columns(after) | {"version": row.version + 1, "updated_at": now}
        if "address" in after:
            values |= {"latitude": None, "longitude": None, "geocoding": geocoding(geocode)}
        store.put(connection, row.id, values)
    return {name: was[name] for name in after}, after


def move(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    stage: str,
    now: float,
    *,
    version: int | None = None,
) -> Changed:
    """Give it another stage: any may follow any, for people correct mistakes."""
    return change(connection, company_id, transaction_id, {"stage": stage}, now, version=version)


def geocoding(wanted: bool) -> Literal["off", "waiting"]:
    """Of an address that is new."""
    return "waiting" if wanted else "off"


def priced(values: dict[str, Any]) -> dict[str, Any]:
    """A price has a currency, and there is none without."""
    price = written(cents(values["price"]))
    return values | {"price": price, "currency": None if price is None else values["currency"] or CURRENCY}


def columns(fields: Mapping[str, Any]) -> dict[str, Any]:
    """As they are stored."""
    own = {name: fields[name] for name in FIELDS if name in fields and name != "price"}
    return own | {"price_cents": cents(fields["price"])} if "price" in fields else own
