"""The tables of runs and of what they consist of."""

from sqlalchemy import JSON, BigInteger, Column, Double, ForeignKey, Index, Integer, String, Table, Text, text

from lea.store.tables import ID, metadata

ACTIVE = text("ended_at IS NULL")

runs = Table(
    "runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ID, nullable=False),
    Column("pipeline", String(40), nullable=False),
    Column("family", String(40), nullable=False),
    Column("language", String(2), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("error_code", String(60)),
    Column("jobs_total", Integer, nullable=False),
    Column("jobs_completed", Integer, nullable=False),
    Column("jobs_failed", Integer, nullable=False),
    Column("jobs_cancelled", Integer, nullable=False),
    Column("cost_nano_usd", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("owner", ID),
    Column("lease_until", Double),
    Column("cancel_asked_at", Double),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("updated_at", Double, nullable=False),
    Index("uq_runs_active", "company_id", "family", unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    Index("ix_runs_active_lease", "lease_until", sqlite_where=ACTIVE, postgresql_where=ACTIVE),
    Index("ix_runs_company_id_started_at", "company_id", "started_at"),
)
"""`planning`, `running`, then `completed`, `failed` or `cancelled`. `version` grows with every change of its jobs:
what a reader has seen is told by it. Without an `owner` any process may take it."""

run_jobs = Table(
    "run_jobs",
    metadata,
    Column("run_id", ID, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("id", ID, nullable=False),
    Column("company_id", ID, nullable=False),
    Column("place", Integer, nullable=False),
    Column("step", String(40), nullable=False),
    Column("title", Text, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("summary", Text, nullable=False),
    Column("error_code", String(60)),
    Column("cost_nano_usd", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("started_at", Double),
    Column("ended_at", Double),
    Column("updated_at", Double, nullable=False),
    Index("ix_run_jobs_run_id_state", "run_id", "state", "place"),
    Index("ix_run_jobs_run_id_version", "run_id", "version"),
    Index("ix_run_jobs_company_id_updated_at", "company_id", "updated_at"),
)
"""`waiting`, `running`, then `completed`, `failed` or `cancelled`; `version` is the run's at its last change."""
