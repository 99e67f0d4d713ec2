"""The tables of what Léa did, what she asks before she does it, and what that may cost."""

from sqlalchemy import (
    JSON,
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

PENDING = text("state = 'pending'")

action_calls = Table(
    "action_calls",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ID, nullable=False),
    Column("thread_id", ID, nullable=False),
    Column("turn_id", ID, nullable=False),
    Column("confirmation_id", ID),
    Column("name", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("summary", Text, nullable=False),
    Column("record_kind", String(40)),
    Column("record_id", ID),
    Column("record_reference", String(40)),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("error_code", String(60)),
    Column("created_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("undone_at", Double),
    Index("ix_action_calls_turn_id", "turn_id"),
    Index("ix_action_calls_user_id_thread_id", "user_id", "thread_id"),
    Index("ix_action_calls_company_id_record_id", "company_id", "record_id"),
    Index("ix_action_calls_pending", "created_at", sqlite_where=PENDING, postgresql_where=PENDING),
)
"""Receipts; `id` is the key under which a write happens once. `pending` (an effect outside this database was asked for
and nobody has heard of it), `succeeded`, `failed`, `undone`. They outlive their conversation."""

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, nullable=False),
    Column("user_id", ID, nullable=False),
    Column("thread_id", ID, nullable=False),
    Column("turn_id", ID, nullable=False),
    Column("name", String(60), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("language", String(2), nullable=False),
    Column("summary", Text, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("record_id", ID),
    Column("record_version", Integer),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("decided_at", Double),
    Column("decided_in", ID),
    ForeignKeyConstraint(["user_id", "thread_id"], ["threads.user_id", "threads.id"], ondelete="CASCADE"),
    Index("ix_confirmations_turn_id", "turn_id"),
    Index("ix_confirmations_user_id_state", "user_id", "state"),
)
"""`asked`, then `approved` or `rejected`; one that is asked and past `expires_at` has expired. `record_version` is the
version the person was shown: what has changed since is not changed by an old yes. `decided_in` is the turn in which a
word decided; a decision made otherwise is told in a turn of its own."""

action_policies = Table(
    "action_policies",
    metadata,
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("said", String(5), nullable=False),
    Column("proposed", String(5), nullable=False),
)
"""What a company decided about an action, `allow`, `ask` or `deny`: where a person said it in so many words, and where
the model proposed it."""

usage = Table(
    "usage",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), nullable=False),
    Column("user_id", ID, nullable=False),
    Column("thread_id", ID),
    Column("turn_id", ID),
    Column("purpose", String(20), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("model", String(100), nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("cost_nano_usd", BigInteger),
    Column("budget_nano_usd", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_usage_company_id_at", "company_id", "at"),
    Index("ix_usage_user_id_at", "user_id", "at"),
)
"""One row a model call, kept when its conversation is deleted. `cost_nano_usd` is None where no price is known;
`budget_nano_usd` is what it counts for in the budgets, never None."""

budgets = Table(
    "budgets",
    metadata,
    Column("company_id", ID, ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", ID, primary_key=True),
    Column("soft_nano_usd", BigInteger),
    Column("hard_nano_usd", BigInteger),
)
"""A month's limits; `user_id` is empty for the company's own."""
