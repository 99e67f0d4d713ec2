"""Departments' jobs: where they come from, what they are about, and which version they have"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("department_jobs") as table:
        table.add_column(sa.Column("source", sa.String(20), nullable=False, server_default="lea"))
        table.add_column(sa.Column("external_id", sa.String(200), nullable=True))
        table.add_column(sa.Column("fingerprint", sa.String(64), nullable=True))
        table.add_column(sa.Column("amount_cents", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("currency", sa.String(3), nullable=True))
        table.add_column(sa.Column("due_at", sa.Double(), nullable=True))
        table.add_column(sa.Column("details", sa.JSON(none_as_null=True), nullable=True))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.create_index(
            "uq_department_jobs_company_id_source_external_id", ["company_id", "source", "external_id"], unique=True
        )
        table.create_index("ix_department_jobs_company_id_updated_at", ["company_id", "updated_at"])


def downgrade() -> None:
    with op.batch_alter_table("department_jobs") as table:
        table.drop_index("ix_department_jobs_company_id_updated_at")
        table.drop_index("uq_department_jobs_company_id_source_external_id")
        for column in (
            "version", "details", "due_at", "currency", "amount_cents", "fingerprint", "external_id", "source"
        ):
            table.drop_column(column)
