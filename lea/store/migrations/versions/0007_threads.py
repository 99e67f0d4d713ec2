"""Conversations: when they were deleted, pinned and archived"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLUMNS = ("deleted_at", "pinned_at", "archived_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("threads", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM threads WHERE deleted_at IS NOT NULL")
    for name in COLUMNS:
        op.drop_column("threads", name)
