"""Business records grow parties, notes, forms and dates; actions, confirmations, usage and budgets are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.String(140)
DAYS = ("mandate_on", "offer_on", "agreement_on", "deed_on")
EARLIER_TURNS = """
INSERT INTO usage (
    id, company_id, user_id, thread_id, turn_id, purpose, provider, model,
    prompt_tokens, completion_tokens, cached_tokens, estimated, cost_nano_usd, budget_nano_usd, at
)
SELECT
    'u_' || turns.id, threads.company_id, turns.user_id, turns.thread_id, turns.id, 'chat', turns.provider,
    coalesce(turns.model, ''), coalesce(turns.prompt_tokens, 0), coalesce(turns.completion_tokens, 0),
    coalesce(turns.cached_tokens, 0), coalesce(turns.usage_estimated, true), turns.cost_nano_usd,
    coalesce(
        turns.cost_nano_usd,
        10000 * (CAST(coalesce(turns.prompt_tokens, 0) AS BIGINT) + coalesce(turns.completion_tokens, 0))
    ),
    turns.ended_at
FROM turns JOIN threads ON threads.user_id = turns.user_id AND threads.id = turns.thread_id
WHERE turns.ended_at IS NOT NULL AND turns.provider IS NOT NULL
"""
"""What turns have cost so far counts this month; one whose price is not known counts 10 USD a million tokens."""


def upgrade() -> None:
    with op.batch_alter_table("companies") as batch:
        batch.add_column(sa.Column("last_file", sa.Integer(), nullable=False, server_default="100"))
    with op.batch_alter_table("threads") as batch:
        batch.add_column(sa.Column("transaction_id", ID, nullable=True))
    with op.batch_alter_table("transactions") as batch:
        for day in DAYS:
            batch.add_column(sa.Column(day, sa.String(10), nullable=True))
        batch.add_column(sa.Column("latitude", sa.Double(), nullable=True))
        batch.add_column(sa.Column("longitude", sa.Double(), nullable=True))
        batch.add_column(sa.Column("geocoding", sa.String(10), nullable=False, server_default="off"))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("created_by", ID, nullable=True))
    _number_files()
    _records()
    _acts()
    _money()


def _number_files() -> None:
    """A new file's number follows the highest there is."""
    connection = op.get_bind()
    highest: dict[str, int] = {}
    for company_id, reference in connection.execute(sa.text("SELECT company_id, reference FROM transactions")):
        number = reference.removeprefix("T-")
        if number.isascii() and number.isdigit():
            highest[company_id] = max(highest.get(company_id, 100), int(number[:9]))
    for company_id, number in highest.items():
        change = sa.text("UPDATE companies SET last_file = :number WHERE id = :company")
        connection.execute(change, {"number": number, "company": company_id})


def _records() -> None:
    op.create_table(
        "transaction_parties",
        *_of_a_transaction("transaction_parties"),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("phone", sa.String(40), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "transaction_notes",
        *_of_a_transaction("transaction_notes"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    op.create_table(
        "transaction_forms",
        *_of_a_transaction("transaction_forms"),
        sa.Column("template", sa.String(20), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
    )
    for table in ("transaction_parties", "transaction_notes", "transaction_forms"):
        op.create_index(f"ix_{table}_transaction_id_created_at", table, ["transaction_id", "created_at"])


def _of_a_transaction(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("transaction_id", ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=f"fk_{table}_transaction_id_transactions", ondelete="CASCADE"
        ),
    ]


def _acts() -> None:
    op.create_table(
        "action_calls",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("confirmation_id", ID, nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.String(40), nullable=True),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("record_reference", sa.String(40), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error_code", sa.String(60), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("undone_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_action_calls"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_action_calls_company_id_companies", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_action_calls_turn_id", "action_calls", ["turn_id"])
    op.create_index("ix_action_calls_user_id_thread_id", "action_calls", ["user_id", "thread_id"])
    op.create_index("ix_action_calls_company_id_record_id", "action_calls", ["company_id", "record_id"])
    pending = sa.text("state = 'pending'")
    op.create_index(
        "ix_action_calls_pending", "action_calls", ["created_at"], sqlite_where=pending, postgresql_where=pending
    )
    op.create_table(
        "confirmations",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("turn_id", ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("record_id", ID, nullable=True),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("decided_at", sa.Double(), nullable=True),
        sa.Column("decided_in", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        sa.ForeignKeyConstraint(
            ["user_id", "thread_id"],
            ["threads.user_id", "threads.id"],
            name="fk_confirmations_user_id_thread_id_threads",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_confirmations_turn_id", "confirmations", ["turn_id"])
    op.create_index("ix_confirmations_user_id_state", "confirmations", ["user_id", "state"])
    op.create_table(
        "action_policies",
        sa.Column("company_id", ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("said", sa.String(5), nullable=False),
        sa.Column("proposed", sa.String(5), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "name", name="pk_action_policies"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_action_policies_company_id_companies", ondelete="CASCADE"
        ),
    )


def _money() -> None:
    op.create_table(
        "usage",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=True),
        sa.Column("turn_id", ID, nullable=True),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        sa.Column("model", sa.String(100), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.Column("cost_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("budget_nano_usd", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_usage_company_id_companies", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_usage_company_id_at", "usage", ["company_id", "at"])
    op.create_index("ix_usage_user_id_at", "usage", ["user_id", "at"])
    op.execute(EARLIER_TURNS)
    op.create_table(
        "budgets",
        sa.Column("company_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("soft_nano_usd", sa.BigInteger(), nullable=True),
        sa.Column("hard_nano_usd", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("company_id", "user_id", name="pk_budgets"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_budgets_company_id_companies", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    for table in (
        "budgets",
        "usage",
        "action_policies",
        "confirmations",
        "action_calls",
        "transaction_forms",
        "transaction_notes",
        "transaction_parties",
    ):
        op.drop_table(table)
    with op.batch_alter_table("transactions") as batch:
        for name in ("created_by", "version", "geocoding", "longitude", "latitude", *DAYS):
            batch.drop_column(name)
    with op.batch_alter_table("threads") as batch:
        batch.drop_column("transaction_id")
    with op.batch_alter_table("companies") as batch:
        batch.drop_column("last_file")
