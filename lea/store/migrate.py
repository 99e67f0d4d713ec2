"""Brings the database to this version's tables; refuses one of a newer version."""

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from lea.errors import StartError

LOCK = 0x4C65_6100
"""The advisory lock of whoever migrates a PostgreSQL database; any number that nothing else uses."""
NEWEST: Final = "0016"
"""The revision of today's tables: a database that is of it needs no alembic, which takes long to import."""


def upgrade(connection: Connection) -> None:
    """Apply what is missing, in the caller's transaction. Raises StartError for a database of a newer version.

    Of several processes that start at once one migrates and the others wait until it has; then nothing is missing.
    """
    if connection.dialect.name == "postgresql":
        for statement in (
            "SET LOCAL statement_timeout = 0",
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            f"SELECT pg_advisory_xact_lock({LOCK})",
        ):
            connection.exec_driver_sql(statement)
    if _revision(connection) != NEWEST:
        _migrate(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def _migrate(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise StartError(
            f"database.url: the database is of a newer version of Léa (revision {current}); "
            "start that version, or restore a backup made with this one"
        )
    command.upgrade(config, "head")
