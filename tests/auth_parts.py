"""The real auth room over a real SQLite file, with a clock that can be moved and cheap password hashes."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy import Connection, insert

from lea.auth.enrolment import Newcomer
from lea.auth.passwords import Passwords
from lea.auth.service import AuthService, Grant
from lea.auth.wiring import auth_service
from lea.config import Config, Database
from lea.ids import CompanyId
from lea.resilience.single_flight import SingleFlight
from lea.store.business_tables import transactions
from lea.store.engine import Store
from lea.store.schema import metadata
from lea.tasks import TaskOwner
from tests.fakes import ManualClock

EMAIL = "ada@example.org"
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(slots=True)
class AuthParts:
    service: AuthService
    store: Store
    clock: ManualClock
    config: Config
    file: Path

    async def first_grant(self, *, sample: bool = False) -> Grant:
        """Ada made the first account and is signed in."""
        token = await self.service.enrolment.setup_link()
        assert token is not None
        return await self.service.set_up(token, newcomer(), sample=sample)

    def sql(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Look at, or change, the file behind the server's back."""
        with closing(sqlite3.connect(self.file, isolation_level=None)) as connection:
            return connection.execute(statement, values).fetchall()


def newcomer(email: str = EMAIL, *, company: str = "Analytical Engines") -> Newcomer:
    return Newcomer(email, PASSWORD, "Ada", company, "en")


def load_one_record(connection: Connection, company_id: CompanyId) -> None:
    connection.execute(
        insert(transactions).values(
            id="tx_sample",
            company_id=company_id,
            reference="S-1",
            kind="sale",
            stage="open",
            address="1 rue Haute",
            created_at=0,
            updated_at=0,
        )
    )


@asynccontextmanager
async def auth_parts(
    tmp_path: Path, *, hasher: PasswordHasher = CHEAP, config: Config | None = None, url: str = ""
) -> AsyncIterator[AuthParts]:
    file = tmp_path / "lea.db"
    database = Database(url=url or f"sqlite+aiosqlite:///{file}")
    config = (config or Config()).model_copy(update={"database": database})
    tasks, clock = TaskOwner(), ManualClock()
    store = Store(config.database, tasks)
    await store.write(metadata.create_all)
    service = auth_service(
        config,
        store=store,
        clock=clock,
        flights=SingleFlight(tasks),
        secret=b"s" * 32,
        load_sample=load_one_record,
        passwords=Passwords(hasher),
    )
    try:
        yield AuthParts(service, store, clock, config, file)
    finally:
        service.close()
        await store.aclose()
        await tasks.aclose()
