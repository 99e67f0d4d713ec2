"""WhatsApp: numbers and messages"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.String(140)
INBOX = sa.text("direction = 'in' AND state IN ('received', 'taken')")
OUTBOX = sa.text("direction = 'out' AND state IN ('queued', 'sending')")


def upgrade() -> None:
    op.create_table(
        "whatsapp_contacts",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("linked_at", sa.Double(), nullable=True),
        sa.Column("wrote_at", sa.Double(), nullable=True),
        sa.Column("refused_at", sa.Double(), nullable=True),
        sa.Column("held_at", sa.Double(), nullable=True),
        sa.Column("owner", ID, nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_whatsapp_contacts_company_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_whatsapp_contacts_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("number", name="pk_whatsapp_contacts"),
    )
    for column in ("company_id", "user_id", "due_at"):
        op.create_index(f"ix_whatsapp_contacts_{column}", "whatsapp_contacts", [column])
    op.create_table(
        "whatsapp_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("wamid", sa.String(255), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("error", sa.String(60), nullable=True),
        sa.Column("said_at", sa.Double(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("turn_id", ID, nullable=True),
        sa.Column("about", ID, nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("confirmation_id", ID, nullable=True),
        sa.Column("button", sa.String(256), nullable=True),
        sa.Column("media_id", sa.String(100), nullable=True),
        sa.Column("media_name", sa.String(255), nullable=True),
        sa.Column("media_type", sa.String(100), nullable=True),
        sa.Column("attachment_id", ID, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_whatsapp_messages_company_id"),
        sa.PrimaryKeyConstraint("id", name="pk_whatsapp_messages"),
        sa.UniqueConstraint("wamid", name="uq_whatsapp_messages_wamid"),
    )
    op.create_index("uq_whatsapp_messages_about_part", "whatsapp_messages", ["about", "part"], unique=True)
    op.create_index("ix_whatsapp_messages_company_id_created_at", "whatsapp_messages", ["company_id", "created_at"])
    op.create_index(
        "ix_whatsapp_messages_inbox", "whatsapp_messages", ["number"], sqlite_where=INBOX, postgresql_where=INBOX
    )
    op.create_index(
        "ix_whatsapp_messages_outbox", "whatsapp_messages", ["number"], sqlite_where=OUTBOX, postgresql_where=OUTBOX
    )


def downgrade() -> None:
    op.drop_table("whatsapp_messages")
    op.drop_table("whatsapp_contacts")
