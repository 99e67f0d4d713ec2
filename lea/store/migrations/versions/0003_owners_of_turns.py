"""Who answers a turn and until when, and which of a conversation's turns goes first"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LIVE = sa.text("ended_at IS NULL")
RUNNING = sa.text("state = 'running'")


def upgrade() -> None:
    with op.batch_alter_table("threads") as batch:
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("turns") as batch:
        batch.add_column(sa.Column("owner", sa.String(length=140), nullable=True))
        batch.add_column(sa.Column("fence", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("lease_until", sa.Double(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("stop_asked_at", sa.Double(), nullable=True))
        batch.drop_index("ix_turns_state")
    # What a crash left running is interrupted at the start; until then it must not stand in the unique index's way.
    op.execute("UPDATE turns SET state = 'waiting' WHERE state = 'running'")
    op.create_index(
        "uq_turns_running",
        "turns",
        ["user_id", "thread_id"],
        unique=True,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
    op.create_index(
        "ix_turns_live", "turns", ["user_id", "thread_id", "fence"], sqlite_where=LIVE, postgresql_where=LIVE
    )


def downgrade() -> None:
    op.drop_index("ix_turns_live", "turns")
    op.drop_index("uq_turns_running", "turns")
    op.execute("UPDATE turns SET state = 'running' WHERE state = 'waiting'")
    with op.batch_alter_table("turns") as batch:
        batch.create_index("ix_turns_state", ["state"])
        for name in ("stop_asked_at", "lease_until", "fence", "owner"):
            batch.drop_column(name)
    with op.batch_alter_table("threads") as batch:
        batch.drop_column("version")
