"""The tables, as they are today; how they came to be is in `migrations/`.

Times are seconds since the epoch, UTC. Ids of threads are the user's own, so they are unique per user only.
"""

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
    MetaData,
    String,
    Table,
    Text,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(140)
LIVE = text("ended_at IS NULL")
RUNNING = text("state = 'running'")
UNLISTED = text("origin IS NOT NULL")

companies = Table(
    "companies",
    metadata,
    Column("id", ID, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("connection_mode", String(20), nullable=False),
    Column("last_file", Integer, nullable=False, server_default="100"),
    Column("created_at", Double, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False, index=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("role", String(10), nullable=False),
    Column("language", String(2), nullable=False),
    Column("password_hash", String(200)),
    Column("created_at", Double, nullable=False),
    Column("disabled_at", Double),
    Column("changed_at", Double, index=True),
)
"""`changed_at`: when admins last changed what tokens and caches say of somebody."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False),
    Column("label", String(200), nullable=False, server_default=""),
    Column("created_at", Double, nullable=False),
    Column("revoked_at", Double),
)

refresh_families = Table(
    "refresh_families",
    metadata,
    Column("id", ID, primary_key=True),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("counter", Integer, nullable=False),
    Column("rotated_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("revoked_at", Double),
)

one_time_links = Table(
    "one_time_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE")),
    Column("expires_at", Double, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False),
    Column("title", String(200), nullable=False),
    Column("head_id", ID),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("transaction_id", ID),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("deleted_at", Double),
    Column("pinned_at", Double),
    Column("archived_at", Double),
    Column("origin", String(10)),
    Index("ix_threads_user_id_updated_at", "user_id", "updated_at"),
    Index("ix_threads_company_id_updated_at", "company_id", "updated_at"),
    Index("ix_threads_unlisted", "updated_at", sqlite_where=UNLISTED, postgresql_where=UNLISTED),
)
"""`origin` is `api` for what a program said in one request: no list shows it, and it is erased a day later."""

turns = Table(
    "turns",
    metadata,
    Column("id", ID, primary_key=True),
    Column("user_id", ID, nullable=False),
    Column("thread_id", ID, nullable=False),
    Column("request_id", ID, nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("state", String(12), nullable=False),
    Column("user_message_id", ID, nullable=False),
    Column("assistant_message_id", ID, nullable=False),
    Column("provider", String(40)),
    Column("model", String(100)),
    Column("prompt_tokens", Integer),
    Column("completion_tokens", Integer),
    Column("cached_tokens", Integer),
    Column("usage_estimated", Boolean),
    Column("cost_nano_usd", BigInteger),
    Column("timings_ms", JSON(none_as_null=True)),
    Column("events", Integer),
    Column("owner", ID),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("lease_until", Double, nullable=False, server_default="0"),
    Column("stop_asked_at", Double),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    ForeignKeyConstraint(["user_id", "thread_id"], ["threads.user_id", "threads.id"], ondelete="CASCADE"),
    Index("uq_turns_user_id_request_id", "user_id", "request_id", unique=True),
    Index("ix_turns_user_id_thread_id", "user_id", "thread_id"),
    Index("uq_turns_running", "user_id", "thread_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    Index("ix_turns_live", "user_id", "thread_id", "fence", sqlite_where=LIVE, postgresql_where=LIVE),
)
"""`waiting`, then `running`, then an end. A conversation has one that is running; of those that wait the lowest
`fence`, the conversation's `version` when it began, goes first. Live is what has no `ended_at`: its `owner` is the
process that answers it, and is taken for dead once `lease_until` has passed."""

messages = Table(
    "messages",
    metadata,
    Column("id", ID, primary_key=True),
    Column("user_id", ID, nullable=False),
    Column("thread_id", ID, nullable=False),
    Column("parent_id", ID),
    Column("turn_id", ID, nullable=False),
    Column("role", String(10), nullable=False),
    Column("content", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("finish_reason", String(12)),
    Column("provider", String(40)),
    Column("error_code", String(60)),
    ForeignKeyConstraint(["user_id", "thread_id"], ["threads.user_id", "threads.id"], ondelete="CASCADE"),
    Index("ix_messages_user_id_thread_id_created_at", "user_id", "thread_id", "created_at"),
    Index("ix_messages_turn_id", "turn_id"),
)
