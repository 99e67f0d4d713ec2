"""PostgreSQL's own programs: what they write can be restored by them, also without Léa."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url

from lea.errors import StartError

REVISION: Final = "SELECT version_num FROM public.alembic_version"
TABLES: Final = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
SERVERS: Final = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lea' AND datname = current_database()"
MOVE: Final = """
CREATE SCHEMA {schema};
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('ALTER TABLE public.%I SET SCHEMA {schema}', name);
  END LOOP;
END $$;
"""
"""Indexes, constraints and sequences go with their tables; no right beyond those of the owner is needed."""


class Dumps:
    """Of one database, by its address; the password is in the environment, which no list of processes shows."""

    def __init__(self, url: str) -> None:
        self._environ = {**os.environ, **_environ(make_url(url))}

    def write(self, to: Path) -> str:
        """Dump the database as it is at this moment; its revision. Raises StartError with what the program says."""
        revision = self._ask(REVISION)
        self._run("pg_dump", "--format=custom", "--schema=public", "--no-owner", "--no-privileges", f"--file={to}")
        return revision

    def as_script(self, dump: Path, to: Path) -> None:
        """The dump as SQL, read to its end."""
        self._run("pg_restore", "--schema=public", "--no-owner", "--no-privileges", f"--file={to}", str(dump))

    def in_use(self) -> bool:
        """Whether a server has connections to the database."""
        return self._ask(SERVERS) != "0"

    def empty(self) -> bool:
        """Whether there is no table."""
        return self._ask(TABLES) == "0"

    def put_in_place(self, script: Path, schema: str | None) -> None:
        """Run the script in one transaction; what is there is moved to a schema of that name before."""
        first = ["--command", MOVE.format(schema=schema)] if schema else []
        self._psql("--single-transaction", *first, "--file", str(script))

    def _ask(self, question: str) -> str:
        return self._psql("--tuples-only", "--no-align", "--command", question).strip()

    def _psql(self, *arguments: str) -> str:
        return self._run("psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--no-password", *arguments)

    def _run(self, name: str, *arguments: str) -> str:
        program = shutil.which(name)
        if program is None:
            raise StartError(f"{name} is missing: install PostgreSQL's client programs (Debian: postgresql-client)")
        done = subprocess.run(  # noqa: S603  (a program of that name, and arguments of ours)
            [program, *arguments], env=self._environ, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            said = next(iter(done.stderr.strip().splitlines()), f"ended with {done.returncode}")
            raise StartError(f"{name}: {said.removeprefix(f'{name}: ')}")
        return done.stdout


def _environ(url: URL) -> dict[str, str]:
    """What libpq reads, from an address as asyncpg reads it."""
    query = {name: value for name, value in url.query.items() if isinstance(value, str)}
    ssl = query.get("ssl", query.get("sslmode"))
    found = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": "require" if ssl == "true" else ssl,
        "PGAPPNAME": "lea-backup",
        "PGCONNECT_TIMEOUT": "10",
    }
    return {name: str(value) for name, value in found.items() if value}
