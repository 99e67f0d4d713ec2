"""The parties and notes of a transaction: what grows with it without being a change of its own."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lea.errors import Conflict, NotFound
from lea.ids import CompanyId
from lea.records.file import Author, Note, Party, party_of
from lea.store import notes as store_notes
from lea.store import transactions as store
from lea.store.folding import folded
from lea.store.transactions import Connection, Row

MOST_PARTIES: Final = 20
MOST_NOTES: Final = 1000


def locked(connection: Connection, company_id: CompanyId, transaction_id: str) -> Row[Any]:
    """Nobody else changes it, or what belongs to it, until the unit has ended. Raises NotFound."""
    row = store.get(connection, company_id, transaction_id, lock=True)
    if row is None:
        raise NotFound
    return row


def add_party(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    party: Mapping[str, Any],
    now: float,
    *,
    party_id: str,
) -> Party:
    """Raises Conflict: `party_known` for the same name in the same role, `too_many_parties`."""
    row = locked(connection, company_id, transaction_id)
    known = [party_of(one) for one in store.parties(connection, company_id, [row.id])]
    added = _party(party, party_id)
    _check([*known, added])
    store.add_parties(connection, [_row(company_id, row.id, added, now)])
    store.touch(connection, row.id, now)
    return added


def remove_party(
    connection: Connection, company_id: CompanyId, transaction_id: str, party_id: str, now: float
) -> Party:
    """Who it was. Raises NotFound."""
    row = locked(connection, company_id, transaction_id)
    for one in store.parties(connection, company_id, [row.id]):
        if one.id == party_id:
            store.remove_party(connection, party_id)
            store.touch(connection, row.id, now)
            return party_of(one)
    raise NotFound


def insert_parties(
    connection: Connection, company_id: CompanyId, transaction_id: str, parties: Sequence[Mapping[str, Any]], now: float
) -> None:
    """Those a new file begins with; their ids keep their order. Raises what `add_party` does."""
    made = [_party(party, f"{transaction_id}.{number:02d}") for number, party in enumerate(parties)]
    _check(made)
    store.add_parties(connection, [_row(company_id, transaction_id, one, now) for one in made])


def add_note(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    text: str,
    by: Author,
    now: float,
    *,
    note_id: str,
) -> Note:
    """An id that is there already is that note, as it is. Raises Conflict(`too_many_notes`)."""
    row = locked(connection, company_id, transaction_id)
    known = store_notes.note(connection, company_id, row.id, note_id)
    if known is not None:
        return _note(known)
    if store_notes.count_notes(connection, row.id) >= MOST_NOTES:
        raise Conflict("too_many_notes")
    values = {"id": note_id, "text": text, "author_id": by.user_id, "author": by.name, "created_at": now}
    store_notes.add_note(connection, values | {"company_id": company_id, "transaction_id": row.id})
    store.touch(connection, row.id, now)
    return Note(note_id, text, by.user_id, by.name, now)


def remove_note(connection: Connection, company_id: CompanyId, transaction_id: str, note_id: str, now: float) -> Note:
    """What it said. Raises NotFound."""
    row = locked(connection, company_id, transaction_id)
    known = store_notes.note(connection, company_id, row.id, note_id)
    if known is None:
        raise NotFound
    store_notes.remove_note(connection, note_id)
    store.touch(connection, row.id, now)
    return _note(known)


def notes(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    limit: int,
    before: tuple[float, str] | None = None,
) -> list[Note]:
    """Newest first; of a transaction that is not there, none. Takes its id only."""
    return [_note(row) for row in store_notes.page(connection, company_id, transaction_id, limit, before)]


def _check(parties: Sequence[Party]) -> None:
    if len(parties) > MOST_PARTIES:
        raise Conflict("too_many_parties")
    people = {(party.role, folded(party.name)) for party in parties}
    if len(people) < len(parties):
        raise Conflict("party_known")


def _party(values: Mapping[str, Any], party_id: str) -> Party:
    return Party(party_id, values["role"], values["name"], values.get("email"), values.get("phone"))


def _row(company_id: CompanyId, transaction_id: str, party: Party, now: float) -> dict[str, Any]:
    own = {"id": party.id, "role": party.role, "name": party.name, "email": party.email, "phone": party.phone}
    return own | {"company_id": company_id, "transaction_id": transaction_id, "created_at": now}


def _note(row: Row[Any]) -> Note:
    return Note(row.id, row.text, row.author_id, row.author, row.created_at)
