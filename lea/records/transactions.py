"""The rules of the company's transactions: each a plain function, run inside one unit of work of the store.

Another company's ids are NotFound, everywhere. Where a transaction is named, its id and its reference will do.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lea.errors import NotFound
from lea.ids import CompanyId, UserId
from lea.records.changes import change, columns, geocoding, move, priced
from lea.records.file import DAYS, FIELDS, Author, Note, Party, Transaction, with_parties
from lea.records.parts import (
    MOST_NOTES,
    MOST_PARTIES,
    add_note,
    add_party,
    insert_parties,
    notes,
    remove_note,
    remove_party,
)
from lea.records.undo import remove, restore
from lea.store import transactions as store
from lea.store.transactions import Connection, Filter

__all__ = [
    "DAYS",
    "FIELDS",
    "MOST_NOTES",
    "MOST_PARTIES",
    "Author",
    "Connection",
    "Note",
    "Party",
    "Transaction",
    "add_note",
    "add_party",
    "change",
    "create",
    "find",
    "get",
    "latest",
    "move",
    "named",
    "notes",
    "remove",
    "remove_note",
    "remove_party",
    "restore",
]

WORDS: Final = 8
"""Most words of a search that are looked for."""


def create(
    connection: Connection,
    company_id: CompanyId,
    fields: Mapping[str, Any],
    parties: Sequence[Mapping[str, Any]],
    by: Author,
    now: float,
    *,
    transaction_id: str,
    geocode: bool,
) -> Transaction:
    """Open a file with the company's next reference; an id that is there already is that file, as it is.

    A currency without a price is not kept. Raises Conflict(`party_known`, `too_many_parties`).
    """
    last = store.last_file(connection, company_id)
    if last is None:
        raise NotFound
    known = store.get(connection, company_id, transaction_id)
    if known is None:
        values = dict.fromkeys(FIELDS) | {"stage": "prospect"} | {k: v for k, v in fields.items() if v is not None}
        number = last + 1
        store.number_up_to(connection, company_id, number)
        own = {"id": transaction_id, "company_id": company_id, "reference": f"T-{number}", "version": 1}
        own |= {"created_by": by.user_id, "created_at": now, "updated_at": now, "geocoding": geocoding(geocode)}
        store.add(connection, own | columns(priced(values)))
        insert_parties(connection, company_id, transaction_id, parties, now)
    return get(connection, company_id, transaction_id)


def get(connection: Connection, company_id: CompanyId, id_or_reference: str) -> Transaction:
    """Raises NotFound."""
    row = store.get(connection, company_id, id_or_reference)
    if row is None:
        raise NotFound
    return with_parties(connection, company_id, [row])[0]


def named(connection: Connection, company_id: CompanyId, words: str, limit: int = 5) -> list[Transaction]:
    """What somebody may mean: the one of that reference, else those with all the words, the last changed first."""
    exact = store.get(connection, company_id, words.strip())
    if exact is not None:
        return with_parties(connection, company_id, [exact])
    if not words.split():
        return []
    return with_parties(connection, company_id, store.search(connection, company_id, _filter(words), limit))


def latest(connection: Connection, company_id: CompanyId, user_id: UserId) -> Transaction | None:
    """The one this user made last, else the company's changed last."""
    row = store.latest(connection, company_id, user_id)
    return None if row is None else with_parties(connection, company_id, [row])[0]


def find(
    connection: Connection,
    company_id: CompanyId,
    *,
    query: str = "",
    kind: str | None = None,
    stage: str | None = None,
    limit: int,
    before: tuple[float, str] | None = None,
) -> tuple[list[Transaction], int]:
    """One page, the last changed first, and how many there are; `before` is `(updated_at, id)` of the page above."""
    chosen = _filter(query, kind, stage)
    rows = store.search(connection, company_id, chosen, limit, before)
    return with_parties(connection, company_id, rows), store.count(connection, company_id, chosen)


def _filter(words: str, kind: str | None = None, stage: str | None = None) -> Filter:
    return Filter(words.split()[:WORDS], kind, stage)
