"""The table of what people want asked at set times."""

from sqlalchemy import JSON, Column, Double, ForeignKey, Index, Integer, String, Table, Text

from lea.store.tables import ID, metadata

schedules = Table(
    "schedules",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False, index=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("text", Text, nullable=False),
    Column("rule", JSON, nullable=False),
    Column("language", String(2), nullable=False),
    Column("thread_id", ID, nullable=False),
    Column("state", String(10), nullable=False),
    Column("next_at", Double),
    Column("last_due_at", Double),
    Column("last_run_id", ID),
    Column("last_turn_id", ID),
    Column("last_result", String(12)),
    Column("last_error", String(60)),
    Column("last_late_s", Double),
    Column("last_ended_at", Double),
    Column("version", Integer, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("deleted_at", Double),
    Index("ix_schedules_user_id_created_at", "user_id", "created_at"),
    Index("ix_schedules_next_at", "next_at"),
    Index("ix_schedules_last_result", "last_result"),
)
"""`active`, `paused` or `ended`; only an active one has a `next_at`. `last_result` is of the newest moment: `running`,
then `answered`, `stopped` or `failed`; `missed` and `disabled` where nothing was asked."""
