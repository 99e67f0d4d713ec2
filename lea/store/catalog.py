"""The catalogue: files that were brought in, articles, and lines that became none."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from lea.ids import CompanyId
from lea.store.catalog_tables import catalog_imports, catalog_items, catalog_rejects
from lea.store.folding import contains

__all__ = ["Connection", "Found", "Row"]

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
"""Columns that come from a file; what people or models add beside them stays when it is read again."""
TOLD: Final = (items.reference, items.name, items.category, items.material, items.colour)
SEARCHED: Final[ColumnElement[str]] = reduce(
    lambda text, column: text.concat(" ").concat(func.coalesce(column, "")), TOLD[1:], TOLD[0]
)


class Found(NamedTuple):
    """Which articles are meant; every word is in the reference, the name, the category, the material or the colour."""

    words: Sequence[str] = ()
    category: str | None = None


def add_import(connection: Connection, values: Values, keep: int) -> list[str]:
    """Note a file; the ids of older ones that are now forgotten, all but the newest `keep` of the company."""
    connection.execute(insert(catalog_imports), dict(values))
    older = list(connection.execute(OLDER, {"company": values["company_id"], "kept": keep}).scalars())
    if older:
        connection.execute(delete(catalog_imports).where(catalog_imports.c.id.in_(older)))
    return older


def get_import(connection: Connection, company_id: CompanyId, import_id: str) -> Row[Any] | None:
    return connection.execute(IMPORT, {"company": company_id, "at": import_id}).one_or_none()


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
    if not rows:
        return
    made = _insert(connection)(catalog_items)
    new = made.excluded
    names = (*READ, "import_id", "run_id", "line", "updated_at")
    differs = or_(*(items[name].is_distinct_from(new[name]) for name in READ))
    changed = made.on_conflict_do_update(
        index_elements=[items.company_id, items.reference],
        set_={name: new[name] for name in names} | {"version": items.version + 1},
        where=differs,
    )
    connection.execute(changed, [dict(row) for row in rows])


def put_rejects(connection: Connection, rows: Sequence[Values]) -> None:
    """Add what is not there yet."""
    if rows:
        made = _insert(connection)(catalog_rejects).on_conflict_do_nothing(index_elements=["id"])
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


def _insert(connection: Connection) -> Any:
    """SQLite and PostgreSQL say the same, each in a class of its own."""
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
