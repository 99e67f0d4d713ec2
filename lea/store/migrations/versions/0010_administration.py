"""Administration: what keys are for, when somebody's account changed, and what drills found"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.String(140)


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("label", sa.String(200), nullable=False, server_default=""))
    op.add_column("users", sa.Column("changed_at", sa.Double(), nullable=True))
    op.create_index("ix_users_changed_at", "users", ["changed_at"])
    op.create_table(
        "drill_reports",
        sa.Column("id", ID, primary_key=True),
        sa.Column("company_id", ID, sa.ForeignKey("companies.id"), nullable=False),
        sa.Column("user_id", ID, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("scenarios", sa.JSON(), nullable=False),
    )
    op.create_index("ix_drill_reports_company_id_ended_at", "drill_reports", ["company_id", "ended_at"])


def downgrade() -> None:
    op.drop_table("drill_reports")
    op.drop_index("ix_users_changed_at", "users")
    op.drop_column("users", "changed_at")
    op.drop_column("api_keys", "label")
