"""The tables of webhooks: who is told, what is told, and what became of telling it."""

from sqlalchemy import JSON, Boolean, Column, Double, ForeignKey, Index, Integer, String, Table, Text, text

from lea.store.tables import ID, metadata

WAITING = text("state = 'waiting'")

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("url", String(2000), nullable=False),
    Column("description", String(200), nullable=False),
    Column("events", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_why", String(10)),
    Column("generation", Integer, nullable=False),
    Column("rotated_at", Double),
    Column("failing_since", Double),
    Column("served_at", Double, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
)
"""The secret is derived from the id and its `generation`; the one before is good for a while after `rotated_at`.
`failing_since` is the first failure after which nothing was delivered; `served_at` lets everybody have a turn."""

deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("webhook_id", ID, ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False),
    Column("company_id", ID, nullable=False),
    Column("event_id", ID, nullable=False),
    Column("type", String(40), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("owner", ID),
    Column("due_at", Double),
    Column("created_at", Double, nullable=False),
    Column("ended_at", Double),
    Index("uq_webhook_deliveries_webhook_id_event_id", "webhook_id", "event_id", unique=True),
    Index("ix_webhook_deliveries_webhook_id_created_at", "webhook_id", "created_at"),
    Index("ix_webhook_deliveries_created_at", "created_at"),
    Index("ix_webhook_deliveries_outbox", "webhook_id", "due_at", sqlite_where=WAITING, postgresql_where=WAITING),
)
"""`waiting`, then `delivered` or `failed`. While it is being sent it has an `owner`, and `due_at` is the lease's
end: should the owner die it is due again by itself. `tries` are those since it was made or replayed, `attempts` all."""

attempts = Table(
    "webhook_attempts",
    metadata,
    Column("delivery_id", ID, ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Double, nullable=False),
    Column("ms", Integer, nullable=False),
    Column("status", Integer),
    Column("reason", String(40)),
    Column("answer", Text, nullable=False),
)
"""`status` is what was answered, else `reason` why there is none; `answer` its first bytes."""
