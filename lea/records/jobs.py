"""The rules of the departments' jobs: each a plain function, run inside one unit of work of the store.

Another company's ids are NotFound. A job of another source than Léa is its owner's: nobody changes it here.
"""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final

import orjson

from lea.errors import BadRequest, Conflict, NotFound
from lea.ids import CompanyId, derived_id, new_id
from lea.store import jobs as store
from lea.store.jobs import OWN, Connection, JobRow

CURRENCY: Final = "EUR"
FIELDS: Final = ("department", "state", "title", "amount_cents", "currency", "due_at", "details")
MOST_DETAILS: Final = 4096
"""Most bytes of a job's details, as JSON."""


def create(
    connection: Connection, company_id: CompanyId, fields: Mapping[str, Any], now: float, client_id: str | None
) -> tuple[JobRow, bool]:
    """The job and whether it is new; the same fields with the same `client_id` are the job they made, as it is now.

    Raises Conflict(`request_id_reused`) for the id with other fields, BadRequest for a currency without an amount.
    """
    values = _priced({name: fields.get(name) for name in FIELDS})
    fingerprint = sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS)).hexdigest()
    job_id = new_id("job")
    if client_id is not None:
        store.hold(connection, company_id)
        known = store.named(connection, company_id, client_id)
        if known is not None:
            if known.fingerprint != fingerprint:
                raise Conflict("request_id_reused")
            return known, False
        job_id = derived_id("job", company_id, "client", client_id)
    row = JobRow(id=job_id, external_id=client_id, fingerprint=fingerprint, created_at=now, updated_at=now, **values)
    store.insert_jobs(connection, company_id, [row])
    return row, True


def change(
    connection: Connection, company_id: CompanyId, name: str, fields: Mapping[str, Any], now: float, *, version: int
) -> tuple[JobRow, bool]:
    """The job as it is now, and whether anything changed.

    Raises NotFound, Conflict(`job_read_only`) for another source's, Conflict(`record_changed`) for another version.
    """
    row = get(connection, company_id, name, lock=True)
    if row.source != OWN:
        raise Conflict("job_read_only", source=row.source)
    if row.version != version:
        raise Conflict("record_changed")
    gone = {"currency": None} if fields.get("amount_cents", row.amount_cents) is None else {}
    wanted = _priced({field: getattr(row, field) for field in FIELDS} | gone | dict(fields))
    after = {field: value for field, value in wanted.items() if value != getattr(row, field)}
    if not after:
        return row, False
    after |= {"version": row.version + 1, "updated_at": now}
    store.put(connection, row.id, after)
    return replace(row, **after), True


def get(connection: Connection, company_id: CompanyId, name: str, *, lock: bool = False) -> JobRow:
    """By its id, or the one its maker gave it. Raises NotFound."""
    row = store.get(connection, company_id, name, lock=lock)
    if row is None:
        made = store.named(connection, company_id, name)
        row = made if made is None or not lock else store.get(connection, company_id, made.id, lock=True)
    if row is None:
        raise NotFound
    return row


def _priced(values: dict[str, Any]) -> dict[str, Any]:
    """An amount has a currency, and there is none without. Raises BadRequest."""
    if values["amount_cents"] is None and values["currency"] is not None:
        raise BadRequest("currency_without_price")
    return values | {"currency": None if values["amount_cents"] is None else values["currency"] or CURRENCY}
