"""The tables of a company's business: its transactions with all that belongs to them, and its departments' jobs.

Days are ISO dates (`2027-03-05`), times seconds since the epoch, prices whole cents.
"""

from sqlalchemy import JSON, BigInteger, Column, Double, ForeignKey, Index, Integer, String, Table, Text

from lea.store.tables import ID, metadata

transactions = Table(
    "transactions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("reference", String(40), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("stage", String(24), nullable=False),
    Column("address", String(300), nullable=False),
    Column("price_cents", BigInteger),
    Column("currency", String(3)),
    Column("mandate_on", String(10)),
    Column("offer_on", String(10)),
    Column("agreement_on", String(10)),
    Column("deed_on", String(10)),
    Column("latitude", Double),
    Column("longitude", Double),
    Column("geocoding", String(10), nullable=False, server_default="off"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_by", ID),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Index("uq_transactions_company_id_reference", "company_id", "reference", unique=True),
    Index("ix_transactions_company_id_updated_at", "company_id", "updated_at"),
)
"""`version` grows with every change of a row's own columns but its coordinates. `geocoding` is `off`, `waiting`,
`found` or `unknown` (the service does not know the address)."""

transaction_parties = Table(
    "transaction_parties",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, nullable=False),
    Column("transaction_id", ID, ForeignKey("transactions.id", ondelete="CASCADE"), nullable=False),
    Column("role", String(10), nullable=False),
    Column("name", String(200), nullable=False),
    Column("email", String(254)),
    Column("phone", String(40)),
    Column("created_at", Double, nullable=False),
    Index("ix_transaction_parties_transaction_id_created_at", "transaction_id", "created_at"),
)

transaction_notes = Table(
    "transaction_notes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, nullable=False),
    Column("transaction_id", ID, ForeignKey("transactions.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("author_id", ID, nullable=False),
    Column("author", String(200), nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_transaction_notes_transaction_id_created_at", "transaction_id", "created_at"),
)

transaction_forms = Table(
    "transaction_forms",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, nullable=False),
    Column("transaction_id", ID, ForeignKey("transactions.id", ondelete="CASCADE"), nullable=False),
    Column("template", String(20), nullable=False),
    Column("language", String(2), nullable=False),
    Column("content", JSON, nullable=False),
    Column("missing", JSON, nullable=False),
    Column("author_id", ID, nullable=False),
    Column("created_at", Double, nullable=False),
    Index("ix_transaction_forms_transaction_id_created_at", "transaction_id", "created_at"),
)
"""`content` is what the form was filled with, so that it stays as it was made; `missing` names what nobody knew."""

department_jobs = Table(
    "department_jobs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("department", String(20), nullable=False),
    Column("state", String(12), nullable=False),
    Column("title", String(300), nullable=False),
    Column("source", String(20), nullable=False, server_default="lea"),
    Column("external_id", String(200)),
    Column("fingerprint", String(64)),
    Column("amount_cents", BigInteger),
    Column("currency", String(3)),
    Column("due_at", Double),
    Column("details", JSON(none_as_null=True)),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Index("ix_department_jobs_company_id_department_state", "company_id", "department", "state"),
    Index("ix_department_jobs_company_id_updated_at", "company_id", "updated_at"),
    Index("uq_department_jobs_company_id_source_external_id", "company_id", "source", "external_id", unique=True),
)
"""`source` is who writes the job: people and programs by the API (`lea`), or a package by its name. `external_id` is
what the job is called there; `fingerprint` is of what it was made from, so that the same can be sent again."""
