"""Transactions with their parties, as they are read and written; whose they are is part of every question."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)

from lea.ids import CompanyId, UserId
from lea.store.business_tables import transaction_parties, transactions
from lea.store.folding import contains
from lea.store.tables import companies

__all__ = ["Connection", "Row"]

FOUND: Final = (
    select(transactions)
    .where(
        transactions.c.company_id == bindparam("company"),
        or_(transactions.c.id == bindparam("name"), transactions.c.reference == bindparam("reference")),
    )
    .limit(1)
)
LOCKED: Final = FOUND.with_for_update()
PARTIES: Final = (
    select(transaction_parties)
    .where(
        transaction_parties.c.company_id == bindparam("company"),
        transaction_parties.c.transaction_id.in_(bindparam("ids", expanding=True)),
    )
    .order_by(transaction_parties.c.created_at, transaction_parties.c.id)
)
LAST_FILE: Final = select(companies.c.last_file).where(companies.c.id == bindparam("company")).with_for_update()
NUMBER: Final = (
    update(companies)
    .where(companies.c.id == bindparam("company"), companies.c.last_file < bindparam("number"))
    .values(last_file=bindparam("number"))
)
TOUCH: Final = update(transactions).where(transactions.c.id == bindparam("at")).values(updated_at=bindparam("now"))


class Filter(NamedTuple):
    """Which transactions are meant; every word is found in the reference, the address or a party's name."""

    words: Sequence[str] = ()
    kind: str | None = None
    stage: str | None = None


def get(connection: Connection, company_id: CompanyId, name: str, *, lock: bool = False) -> Row[Any] | None:
    """By id or reference; `lock` keeps others from changing it until the unit has ended."""
    values = {"company": company_id, "name": name, "reference": name.upper()}
    return connection.execute(LOCKED if lock else FOUND, values).one_or_none()


def parties(connection: Connection, company_id: CompanyId, ids: Sequence[str]) -> Sequence[Row[Any]]:
    """Those of the transactions, in the order they were added."""
    return connection.execute(PARTIES, {"company": company_id, "ids": list(ids)}).all()


def search(
    connection: Connection, company_id: CompanyId, chosen: Filter, limit: int, before: tuple[float, str] | None = None
) -> Sequence[Row[Any]]:
    """The one changed last first, `before` the last `(updated_at, id)` of the page above."""
    query = (
        select(transactions)
        .where(*_fitting(connection, company_id, chosen))
        .order_by(transactions.c.updated_at.desc(), transactions.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(tuple_(transactions.c.updated_at, transactions.c.id) < tuple_(*before))
    return connection.execute(query).all()


def count(connection: Connection, company_id: CompanyId, chosen: Filter) -> int:
    """How many fit."""
    query = select(func.count()).select_from(transactions).where(*_fitting(connection, company_id, chosen))
    return connection.execute(query).scalar_one()


def latest(connection: Connection, company_id: CompanyId, user_id: UserId) -> Row[Any] | None:
    """The one this user made last, else the company's changed last."""
    ours = select(transactions).where(transactions.c.company_id == company_id).limit(1)
    own: Select[Any] = ours.where(transactions.c.created_by == user_id).order_by(
        transactions.c.created_at.desc(), transactions.c.id.desc()
    )
    changed = ours.order_by(transactions.c.updated_at.desc(), transactions.c.id.desc())
    return connection.execute(own).one_or_none() or connection.execute(changed).one_or_none()


def last_file(connection: Connection, company_id: CompanyId) -> int | None:
    """The number of the company's last file; nobody else numbers one until the unit has ended."""
    return connection.execute(LAST_FILE, {"company": company_id}).scalar_one_or_none()


def number_up_to(connection: Connection, company_id: CompanyId, number: int) -> None:
    """The company's next file has a higher number than this."""
    connection.execute(NUMBER, {"company": company_id, "number": number})


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    connection.execute(insert(transactions), values)


def put(connection: Connection, transaction_id: str, values: Mapping[str, Any]) -> None:
    """Change columns of one that is locked."""
    connection.execute(update(transactions).where(transactions.c.id == transaction_id).values(**values))


def touch(connection: Connection, transaction_id: str, now: float) -> None:
    connection.execute(TOUCH, {"at": transaction_id, "now": now})


def remove(connection: Connection, transaction_id: str) -> None:
    """With all that belongs to it."""
    connection.execute(delete(transactions).where(transactions.c.id == transaction_id))


def add_parties(connection: Connection, rows: Collection[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(insert(transaction_parties), list(rows))


def remove_party(connection: Connection, party_id: str) -> None:
    connection.execute(delete(transaction_parties).where(transaction_parties.c.id == party_id))


def _fitting(connection: Connection, company_id: CompanyId, chosen: Filter) -> list[ColumnElement[bool]]:
    conditions = [transactions.c.company_id == company_id]
    if chosen.kind is not None:
        conditions.append(transactions.c.kind == chosen.kind)
    if chosen.stage is not None:
        conditions.append(transactions.c.stage == chosen.stage)
    return conditions + [_has(connection, word) for word in chosen.words]


def _has(connection: Connection, word: str) -> ColumnElement[bool]:
    named = exists().where(
        transaction_parties.c.transaction_id == transactions.c.id,
        contains(connection, transaction_parties.c.name, word),
    )
    return or_(
        contains(connection, transactions.c.reference, word), contains(connection, transactions.c.address, word), named
    )
