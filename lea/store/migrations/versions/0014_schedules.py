"""What people want asked at set times"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.String(140)


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", ID, nullable=False),
        sa.Column("company_id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("thread_id", ID, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("next_at", sa.Double(), nullable=True),
        sa.Column("last_due_at", sa.Double(), nullable=True),
        sa.Column("last_run_id", ID, nullable=True),
        sa.Column("last_turn_id", ID, nullable=True),
        sa.Column("last_result", sa.String(12), nullable=True),
        sa.Column("last_error", sa.String(60), nullable=True),
        sa.Column("last_late_s", sa.Double(), nullable=True),
        sa.Column("last_ended_at", sa.Double(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("deleted_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_schedules_company_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_schedules_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
    )
    op.create_index("ix_schedules_company_id", "schedules", ["company_id"])
    op.create_index("ix_schedules_user_id_created_at", "schedules", ["user_id", "created_at"])
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_index("ix_schedules_last_result", "schedules", ["last_result"])


def downgrade() -> None:
    op.drop_table("schedules")
