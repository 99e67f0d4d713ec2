"""What drills found, as it is kept for the page."""

from sqlalchemy import JSON, Boolean, Column, Double, ForeignKey, Index, Table

from lea.store.tables import ID, metadata

drill_reports = Table(
    "drill_reports",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False),
    Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("began_at", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("scenarios", JSON, nullable=False),
    Index("ix_drill_reports_company_id_ended_at", "company_id", "ended_at"),
)
"""`company_id` is the company of the admin who ran it, never the one that was made for the drill."""
