"""Every table there is: `metadata` knows those whose modules were imported, so ask for it here."""

from lea.store import action_tables, business_tables, catalog_tables, run_tables, tables

metadata = tables.metadata

__all__ = ["action_tables", "business_tables", "catalog_tables", "metadata", "run_tables", "tables"]
