"""The tables of the catalogue: what was brought in, what was made of it, and what could not be read."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from lea.store.tables import ID, metadata

catalog_imports = Table(
    "catalog_imports",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ID, nullable=False),
    Column("name", String(255), nullable=False),
    Column("media", String(100), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_catalog_imports_company_id_created_at", "company_id", "created_at"),
)
"""Files that were brought in."""

catalog_items = Table(
    "catalog_items",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("import_id", ID),
    Column("run_id", ID),
    Column("line", Integer),
    Column("reference", String(100), nullable=False),
    Column("name", Text, nullable=False),
    Column("price_cents", BigInteger),
    Column("currency", String(3)),
    Column("dimensions", Text),
    Column("material", Text),
    Column("colour", Text),
    Column("category", Text),
    Column("supplier_text", Text),
    Column("description", Text),
    Column("attributes", JSON(none_as_null=True)),
    Column("confidence", Double),
    Column("enriched_by", String(140)),
    Column("version", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    UniqueConstraint("company_id", "reference"),
    Index("ix_catalog_items_company_id_updated_at", "company_id", "updated_at"),
)
"""The company's articles, one a reference."""

catalog_rejects = Table(
    "catalog_rejects",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("run_id", ID, nullable=False),
    Column("import_id", ID, nullable=False),
    Column("line", Integer),
    Column("code", String(60), nullable=False),
    Column("detail", Text, nullable=False),
    Column("raw", JSON(none_as_null=True)),
    Column("created_at", Double, nullable=False),
    Index("ix_catalog_rejects_run_id_line", "run_id", "line"),
)
"""Lines of a file that became no article, and why."""
