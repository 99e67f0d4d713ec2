"""The sample company's price list: what a property agency orders."""

from dataclasses import asdict
from pathlib import Path
from typing import Final

from lea.ids import CompanyId, derived_id
from lea.runs.catalog.mapping import cells_of, guess
from lea.runs.catalog.products import Product, products
from lea.runs.catalog.reading.read import read
from lea.store import catalog
from lea.store.catalog import Connection

SAMPLE_CATALOG: Final = Path(__file__).parent / "sample_catalog.csv"


def load_sample_catalog(connection: Connection, company_id: CompanyId, now: float) -> None:
    """Give the company its articles, as from the file; what it has already stays."""
    _, sheet = read(SAMPLE_CATALOG)
    cells = cells_of(sheet, guess(sheet).columns)
    made = products([(row.line, cells(row)) for row in sheet.rows], {})
    new = {"company_id": company_id, "created_at": now, "updated_at": now, "version": 1}
    rows = [asdict(one) | new for one in made if isinstance(one, Product)]
    catalog.add_items(connection, [row | {"id": derived_id("it", company_id, row["reference"])} for row in rows])
