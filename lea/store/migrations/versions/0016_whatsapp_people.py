"""WhatsApp: who answers instead of Léa, and one number's messages"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None

INDEX = "ix_whatsapp_messages_number_created_at"


def upgrade() -> None:
    op.add_column("whatsapp_contacts", sa.Column("held_by", sa.String(140), nullable=True))
    op.add_column("whatsapp_messages", sa.Column("said_by", sa.String(140), nullable=True))
    op.create_index(INDEX, "whatsapp_messages", ["number", "created_at"])


def downgrade() -> None:
    op.drop_index(INDEX, "whatsapp_messages")
    op.drop_column("whatsapp_messages", "said_by")
    op.drop_column("whatsapp_contacts", "held_by")
