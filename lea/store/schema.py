"""Every table there is: `metadata` knows those whose modules were imported, so ask for it here."""

from lea.store import (
    action_tables,
    attachment_tables,
    business_tables,
    catalog_tables,
    drill_tables,
    feedback_tables,
    hooks_tables,
    run_tables,
    schedule_tables,
    tables,
    whatsapp_tables,
)

metadata = tables.metadata

__all__ = [
    "action_tables",
    "attachment_tables",
    "business_tables",
    "catalog_tables",
    "drill_tables",
    "feedback_tables",
    "hooks_tables",
    "metadata",
    "run_tables",
    "schedule_tables",
    "tables",
    "whatsapp_tables",
]
