"""Conversations of other programs, which no list shows"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNLISTED = sa.text("origin IS NOT NULL")


def upgrade() -> None:
    op.add_column("threads", sa.Column("origin", sa.String(10), nullable=True))
    op.create_index(
        "ix_threads_unlisted", "threads", ["updated_at"], sqlite_where=UNLISTED, postgresql_where=UNLISTED
    )


def downgrade() -> None:
    op.drop_index("ix_threads_unlisted", "threads")
    op.drop_column("threads", "origin")
