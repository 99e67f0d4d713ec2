"""A command's piece of work on the database, also beside a running server."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from lea.auth.enrolment import normalise_email
from lea.config import Config
from lea.errors import LeaError, NotFound, StartError
from lea.log import audit, configure_command
from lea.store import accounts
from lea.store.accounts import Account
from lea.store.engine import Store, make_folder
from lea.store.migrate import upgrade
from lea.tasks import TaskOwner

T = TypeVar("T")


def run(config: Config, work: Callable[[Store], Awaitable[T]]) -> T:
    """Do it; what is refused ends the command with one line and exit code 1. Raises NotFound as it comes."""
    try:
        make_folder(config.database)
        return asyncio.run(_with_store(config, work))
    except NotFound:
        raise
    except LeaError as error:
        raise click.ClickException(error.detail("en")) from None
    except StartError as error:
        raise click.ClickException(str(error)) from None


def address_of(email: str) -> str:
    """The normalised address; one that is none ends the command."""
    try:
        return normalise_email(email)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


async def account_of(store: Store, address: str) -> Account:
    """The account of a normalised address, also one that is disabled; without one the command ends."""
    account = await store.read(lambda connection: accounts.find_by_email(connection, address))
    if account is None:
        raise no_account(address)
    return account


def no_account(address: str) -> click.ClickException:
    """What is said of an address nobody has."""
    return click.ClickException(f"{address} has no account")


def note(act: str, target: str, **more: str) -> None:
    """Audit what was done by whoever runs the command, as the system knows them."""
    configure_command()
    audit(act, "done", who=f"uid:{os.getuid()}", target=target, **more)


async def _with_store(config: Config, work: Callable[[Store], Awaitable[T]]) -> T:
    tasks = TaskOwner()
    store = Store(config.database, tasks)
    try:
        await _prepare(store)
        return await work(store)
    finally:
        await store.aclose()
        await tasks.aclose()


async def _prepare(store: Store) -> None:
    try:
        await store.write(upgrade)
    except LeaError as error:
        if isinstance(error.__cause__, StartError):
            raise error.__cause__ from None
        reason = str(error.__cause__ or error).partition("\n")[0]
        raise StartError(f"database.url: the database cannot be used: {reason}") from None
