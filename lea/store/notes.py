"""Notes and forms of transactions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, insert, select, tuple_

from lea.ids import CompanyId
from lea.store.business_tables import transaction_forms, transaction_notes

COUNTS: Final = {
    table: select(func.count()).where(table.c.transaction_id == bindparam("of"))
    for table in (transaction_notes, transaction_forms)
}
FORM: Final = select(transaction_forms).where(
    transaction_forms.c.company_id == bindparam("company"), transaction_forms.c.id == bindparam("at")
)
FORMS: Final = (
    select(transaction_forms)
    .where(
        transaction_forms.c.company_id == bindparam("company"),
        transaction_forms.c.transaction_id == bindparam("of"),
    )
    .order_by(transaction_forms.c.created_at.desc(), transaction_forms.c.id.desc())
)
NOTE: Final = select(transaction_notes).where(
    transaction_notes.c.company_id == bindparam("company"),
    transaction_notes.c.transaction_id == bindparam("of"),
    transaction_notes.c.id == bindparam("at"),
)


def count_notes(connection: Connection, transaction_id: str) -> int:
    return connection.execute(COUNTS[transaction_notes], {"of": transaction_id}).scalar_one()


def count_forms(connection: Connection, transaction_id: str) -> int:
    return connection.execute(COUNTS[transaction_forms], {"of": transaction_id}).scalar_one()


def page(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    limit: int,
    before: tuple[float, str] | None = None,
) -> Sequence[Row[Any]]:
    """Its notes, newest first, `before` the last `(created_at, id)` of the page above."""
    notes = transaction_notes.c
    query = (
        select(transaction_notes)
        .where(notes.company_id == company_id, notes.transaction_id == transaction_id)
        .order_by(notes.created_at.desc(), notes.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(notes.created_at, notes.id) < tuple_(*before))
    return connection.execute(query).all()


def note(connection: Connection, company_id: CompanyId, transaction_id: str, note_id: str) -> Row[Any] | None:
    values = {"company": company_id, "of": transaction_id, "at": note_id}
    return connection.execute(NOTE, values).one_or_none()


def form(connection: Connection, company_id: CompanyId, form_id: str) -> Row[Any] | None:
    return connection.execute(FORM, {"company": company_id, "at": form_id}).one_or_none()


def forms(connection: Connection, company_id: CompanyId, transaction_id: str) -> Sequence[Row[Any]]:
    """Newest first."""
    return connection.execute(FORMS, {"company": company_id, "of": transaction_id}).all()


def add_note(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(transaction_notes), values)


def add_form(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(transaction_forms), values)


def remove_note(connection: Connection, note_id: str) -> None:
    _remove(connection, transaction_notes, note_id)


def remove_form(connection: Connection, form_id: str) -> None:
    _remove(connection, transaction_forms, form_id)


def _remove(connection: Connection, table: Table, row_id: str) -> None:
    connection.execute(delete(table).where(table.c.id == row_id))
