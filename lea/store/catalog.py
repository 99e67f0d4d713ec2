"""The catalogue: files that were brought in, articles, and lines that became none."""

from collections.abc import Mapping, Sequence
from functools import cache, reduce
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from lea.ids import CompanyId, RunId
from lea.store.catalog_tables import catalog_imports, catalog_items, catalog_rejects
from lea.store.folding import contains
from lea.store.run_tables import run_jobs

__all__ = ["Connection", "Found", "Row", "Wanted"]

Values = Mapping[str, Any]
items = catalog_items.c
IMPORT: Final = select(catalog_imports).where(
    catalog_imports.c.company_id == bindparam("company"), catalog_imports.c.id == bindparam("at")
)
OLDER: Final = (
    select(catalog_imports.c.id)
    .where(catalog_imports.c.company_id == bindparam("company"))
    .order_by(catalog_imports.c.created_at.desc(), catalog_imports.c.id.desc())
    .offset(bindparam("kept"))
)
ITEM: Final = select(catalog_items).where(items.company_id == bindparam("company"), items.id == bindparam("at"))
LOCKED: Final = ITEM.with_for_update()
READ: Final = (
    "name", "price_cents", "currency", "dimensions", "material", "colour", "category", "supplier_text",
)  # fmt: skip
"""Columns that come from a file; what people or models add beside them stays when it is read again, and the category
of an article that was enriched."""
TOLD: Final = (items.reference, items.name, items.category, items.material, items.colour)
SEARCHED: Final[ColumnElement[str]] = reduce(
    lambda text, column: text.concat(" ").concat(func.coalesce(column, "")), TOLD[1:], TOLD[0]
)


class Found(NamedTuple):
    """Which articles are meant; every word is in the reference, the name, the category, the material or the colour."""

    words: Sequence[str] = ()
    category: str | None = None


class Wanted(NamedTuple):
    """Which articles are to be enriched: those that are not, or `again` all, of `ids` or of any.

    A run's are the same whenever it asks: `run_id` has those it has a job for already, and none made after `before`.
    """

    again: bool = False
    ids: Sequence[str] | None = None
    run_id: RunId | None = None
    before: float | None = None


def add_import(connection: Connection, values: Values, keep: int) -> list[str]:
    """Note a file; the ids of older ones that are now forgotten, all but the newest `keep` of the company."""
    connection.execute(insert(catalog_imports), dict(values))
    older = list(connection.execute(OLDER, {"company": values["company_id"], "kept": keep}).scalars())
    if older:
        connection.execute(delete(catalog_imports).where(catalog_imports.c.id.in_(older)))
    return older


def get_import(connection: Connection, company_id: CompanyId, import_id: str) -> Row[Any] | None:
    return connection.execute(IMPORT, {"company": company_id, "at": import_id}).one_or_none()


def drop_import(connection: Connection, company_id: CompanyId, import_id: str) -> bool:
    """Forget a file; whether it was there. What was made of it stays."""
    made = catalog_imports.c
    query = delete(catalog_imports).where(made.company_id == company_id, made.id == import_id)
    return connection.execute(query).rowcount > 0


def imports(
    connection: Connection, company_id: CompanyId, limit: int, before: tuple[float, str] | None = None
) -> Sequence[Row[Any]]:
    """Newest first."""
    made = catalog_imports.c
    query = select(catalog_imports).where(made.company_id == company_id)
    query = query.order_by(made.created_at.desc(), made.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(made.created_at, made.id) < tuple_(*before))
    return connection.execute(query).all()


def put_items(connection: Connection, rows: Sequence[Values]) -> None:
    """Add articles, or give those of the same reference what the file says now; what is the same stays untouched."""
    if rows:
        connection.execute(_put(connection.dialect.name), [dict(row) for row in rows])


def add_items(connection: Connection, rows: Sequence[Values]) -> None:
    """Add articles; one whose reference the company has stays as it is."""
    made = _insert(connection.dialect.name)(catalog_items)
    made = made.on_conflict_do_nothing(index_elements=["company_id", "reference"])
    connection.execute(made, [dict(row) for row in rows])


def put_rejects(connection: Connection, rows: Sequence[Values]) -> None:
    """Add what is not there yet."""
    if rows:
        made = _insert(connection.dialect.name)(catalog_rejects).on_conflict_do_nothing(index_elements=["id"])
        connection.execute(made, [dict(row) for row in rows])


def item(connection: Connection, company_id: CompanyId, item_id: str, *, lock: bool = False) -> Row[Any] | None:
    """One article; `lock` keeps others from changing it until the unit has ended."""
    return connection.execute(LOCKED if lock else ITEM, {"company": company_id, "at": item_id}).one_or_none()


def put(connection: Connection, item_id: str, values: Values) -> None:
    """Change columns of one that is locked."""
    connection.execute(update(catalog_items).where(items.id == item_id).values(**values))


def search(
    connection: Connection, company_id: CompanyId, found: Found, limit: int, before: tuple[float, str] | None = None
) -> Sequence[Row[Any]]:
    """The one changed last first, `before` the last `(updated_at, id)` of the page above."""
    query = select(catalog_items).where(*_fitting(connection, company_id, found))
    query = query.order_by(items.updated_at.desc(), items.id.desc()).limit(limit)
    if before is not None:
        query = query.where(tuple_(items.updated_at, items.id) < tuple_(*before))
    return connection.execute(query).all()


def count(connection: Connection, company_id: CompanyId, found: Found) -> int:
    query = select(func.count()).select_from(catalog_items).where(*_fitting(connection, company_id, found))
    return connection.execute(query).scalar_one()


def by_reference(connection: Connection, company_id: CompanyId, after: str, limit: int) -> Sequence[Row[Any]]:
    """The articles whose reference comes after this one."""
    query = select(catalog_items).where(items.company_id == company_id, items.reference > after)
    return connection.execute(query.order_by(items.reference).limit(limit)).all()


def known(connection: Connection, company_id: CompanyId, ids: Sequence[str]) -> int:
    """How many of these articles the company has."""
    query = select(func.count()).where(items.company_id == company_id, items.id.in_(ids))
    return connection.execute(query).scalar_one()


def to_enrich(
    connection: Connection, company_id: CompanyId, wanted: Wanted, after: str, limit: int
) -> Sequence[Row[Any]]:
    """(id, reference, name, version) by reference, of those whose reference comes after this one."""
    query: Select[Any] = select(items.id, items.reference, items.name, items.version)
    query = query.where(items.company_id == company_id, items.reference > after)
    if wanted.ids is not None:
        query = query.where(items.id.in_(wanted.ids))
    if wanted.before is not None:
        query = query.where(items.created_at <= wanted.before)
    if not wanted.again:
        planned = select(run_jobs.c.key).where(run_jobs.c.run_id == wanted.run_id, run_jobs.c.key == items.id)
        query = query.where(or_(items.enriched_by.is_(None), planned.exists()))
    return connection.execute(query.order_by(items.reference).limit(limit)).all()


def rejects(
    connection: Connection, company_id: CompanyId, run_id: str, limit: int, after: tuple[float, str] | None = None
) -> Sequence[Row[Any]]:
    """Of one run, in the order of the file, `after` the last `(line, id)` of the page before."""
    made = catalog_rejects.c
    query = select(catalog_rejects).where(made.company_id == company_id, made.run_id == run_id)
    if after is not None:
        query = query.where(tuple_(made.line, made.id) > tuple_(*after))
    return connection.execute(query.order_by(made.line, made.id).limit(limit)).all()


def _fitting(connection: Connection, company_id: CompanyId, found: Found) -> list[ColumnElement[bool]]:
    conditions = [items.company_id == company_id]
    if found.category is not None:
        conditions.append(items.category == found.category)
    return conditions + [contains(connection, SEARCHED, word) for word in found.words]


@cache
def _put(dialect: str) -> Any:
    made = _insert(dialect)(catalog_items)
    new = made.excluded
    names = (*READ, "import_id", "run_id", "line", "updated_at")
    read: dict[str, Any] = {name: new[name] for name in names}
    read["category"] = case((items.enriched_by.is_(None), new.category), else_=items.category)
    differs = or_(*(items[name].is_distinct_from(read[name]) for name in READ))
    return made.on_conflict_do_update(
        index_elements=[items.company_id, items.reference],
        set_=read | {"version": items.version + 1},
        where=differs,
    )


def _insert(dialect: str) -> Any:
    """SQLite and PostgreSQL say the same, each in a class of its own."""
    return sqlite.insert if dialect == "sqlite" else postgresql.insert
