"""The table of what people say of answers."""

from sqlalchemy import Column, Double, ForeignKey, Index, String, Table, Text

from lea.store.tables import ID, metadata

feedback = Table(
    "feedback",
    metadata,
    Column("message_id", ID, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ID, nullable=False),
    Column("company_id", ID, nullable=False),
    Column("rating", String(4), nullable=False),
    Column("reason", String(12)),
    Column("comment", Text),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Index("ix_feedback_company_id_updated_at", "company_id", "updated_at"),
)
"""One an answer, erased with it; `rating` is `up` or `down`, and a `down` may have a `reason`."""
