"""Taking back what was done to a transaction, as long as nobody has built on it since."""

from collections.abc import Mapping
from typing import Any

from lea.errors import Conflict
from lea.ids import CompanyId
from lea.records.changes import change
from lea.records.file import with_parties
from lea.records.parts import locked
from lea.store import notes as store_notes
from lea.store import transactions as store
from lea.store.transactions import Connection


def remove(connection: Connection, company_id: CompanyId, transaction_id: str, *, version: int) -> None:
    """Take back a file that was opened.

    Raises Conflict(`record_changed`) where it was changed, or has notes, forms or people it did not begin with.
    """
    row = locked(connection, company_id, transaction_id)
    parties = store.parties(connection, company_id, [row.id])
    if (
        row.version != version
        or any(party.created_at > row.created_at for party in parties)
        or store_notes.count_notes(connection, row.id)
        or store_notes.count_forms(connection, row.id)
    ):
        raise Conflict("record_changed")
    store.remove(connection, row.id)


def restore(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: float,
) -> None:
    """Put `before` back, as `change` told both.

    Raises Conflict(`record_changed`) where a field is no longer `after`.
    """
    row = locked(connection, company_id, transaction_id)
    current = with_parties(connection, company_id, [row])[0].fields()
    if any(current[name] != value for name, value in after.items()):
        raise Conflict("record_changed")
    change(connection, company_id, row.id, before, now, geocode=row.geocoding != "off")
