"""Files people ask about"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.String(140)
UNUSED = sa.text("thread_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("thread_id", ID, nullable=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("media", sa.String(100), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_attachments_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["user_id", "thread_id"],
            ["threads.user_id", "threads.id"],
            name="fk_attachments_user_id_thread_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_attachments"),
    )
    op.create_index("ix_attachments_user_id_thread_id", "attachments", ["user_id", "thread_id"])
    op.create_index(
        "ix_attachments_unused", "attachments", ["created_at"], sqlite_where=UNUSED, postgresql_where=UNUSED
    )
    op.create_table(
        "message_attachments",
        sa.Column("message_id", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("attachment_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_message_attachments_message_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachments.id"], name="fk_message_attachments_attachment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "place", name="pk_message_attachments"),
    )
    op.create_index("ix_message_attachments_attachment_id", "message_attachments", ["attachment_id"])


def downgrade() -> None:
    op.drop_table("message_attachments")
    op.drop_table("attachments")
