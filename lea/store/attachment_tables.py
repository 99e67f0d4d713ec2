"""The tables of files people ask about: their text, and which messages they go with."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from lea.store.tables import ID, metadata

UNUSED = text("thread_id IS NULL")

attachments = Table(
    "attachments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("company_id", ID, nullable=False),
    Column("thread_id", ID),
    Column("name", String(255), nullable=False),
    Column("media", String(100), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("cut", Boolean, nullable=False),
    Column("text", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    ForeignKeyConstraint(["user_id", "thread_id"], ["threads.user_id", "threads.id"], ondelete="CASCADE"),
    Index("ix_attachments_user_id_thread_id", "user_id", "thread_id"),
    Index("ix_attachments_unused", "created_at", sqlite_where=UNUSED, postgresql_where=UNUSED),
)
"""`thread_id` is None until the file is asked about; from then on it is that conversation's."""

message_attachments = Table(
    "message_attachments",
    metadata,
    Column("message_id", ID, ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("attachment_id", ID, ForeignKey("attachments.id", ondelete="CASCADE"), nullable=False, index=True),
)
"""A message said again in other words goes with the same files, so one file may have several messages."""
