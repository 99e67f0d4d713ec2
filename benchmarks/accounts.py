"""Users with keys in a fresh database, made before the server that is measured starts."""

import asyncio
from pathlib import Path

from benchmarks.servers import lea_settings
from lea.auth.enrolment import Enrolment
from lea.auth.passwords import Passwords
from lea.clock import SystemClock
from lea.config import Config
from lea.store import accounts, migrate
from lea.store.accounts import NewUser
from lea.store.engine import Store
from lea.tasks import TaskOwner

COMPANIES = 20
"""The users are spread over so many."""


async def make_users(folder: Path, count: int, **settings: str) -> list[str]:
    """API keys of as many new users; no password is hashed, nobody signs in with one."""
    config = Config.load(None, {**lea_settings(folder), **settings})
    tasks, passwords, clock = TaskOwner(), Passwords(), SystemClock()
    store = Store(config.database, tasks)
    enrolment = Enrolment(store, clock, passwords, link_lifetime_s=1, load_sample=lambda _connection, _company: None)
    emails = [f"reader-{number}@example.org" for number in range(count)]
    try:
        await store.write(migrate.upgrade)
        companies = await store.write(
            lambda connection: [
                accounts.create_company(connection, f"Company {number}", 0) for number in range(COMPANIES)
            ]
        )
        users = [NewUser(email, email.partition("@")[0], "member", "fr", "nobody signs in") for email in emails]
        await store.write(
            lambda connection: [
                accounts.create_user(connection, companies[number % len(companies)], user, 0)
                for number, user in enumerate(users)
            ]
        )
        return await asyncio.gather(*[enrolment.create_key(email) for email in emails])
    finally:
        passwords.close()
        await store.aclose()
        await tasks.aclose()
