"""`lea user` and `lea key`: accounts from the command line, also beside a running server."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from lea.auth.enrolment import Enrolment, Newcomer, normalise_email
from lea.auth.passwords import MAX_LENGTH, Passwords, check_password
from lea.clock import SystemClock
from lea.config import Config
from lea.errors import LeaError, NotFound, StartError
from lea.log import audit, configure_command
from lea.sentences import Language
from lea.store.engine import Store, make_folder
from lea.store.migrate import upgrade
from lea.tasks import TaskOwner

T = TypeVar("T")


@click.group()
def user() -> None:
    """People who may sign in."""


@click.group()
def key() -> None:
    """API keys of programs."""


@user.command("add")
@click.argument("email")
@click.option("--company", required=True, help="The company's name; it is made where there is none.")
@click.option("--admin", is_flag=True, help="May see what operators see.")
@click.option("--name", help="How Léa calls the person; by default what stands before the @.")
@click.option("--language", type=click.Choice(["fr", "en"]), help="By default the server's.")
@click.option("--password-stdin", is_flag=True, required=True, help="Read the password from the first line of stdin.")
@click.pass_obj
def user_add(
    config: Config,
    *,
    email: str,
    company: str,
    admin: bool,
    name: str | None,
    language: Language | None,
    password_stdin: bool,
) -> None:
    """Make an account for EMAIL."""
    del password_stdin  # required, so that nobody expects a prompt or leaves a password in the shell's history
    try:
        email = normalise_email(email)
        password = check_password(sys.stdin.readline(MAX_LENGTH + 2).rstrip("\r\n"))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    name, company = (name or email.partition("@")[0]).strip(), company.strip()
    if not 1 <= len(name) <= 200 or not 1 <= len(company) <= 200:
        raise click.ClickException("a name has 1 to 200 characters")
    newcomer = Newcomer(email, password, name, company, language or config.server.language)
    account = _run(config, lambda enrolment: enrolment.add_user(newcomer, "admin" if admin else "member"))
    _note("account.made", account.id, role=account.role, company=account.company_id)
    click.echo(f"{account.email} is {account.role} of {account.company_name}")


@key.command("create")
@click.argument("email")
@click.pass_obj
def key_create(config: Config, *, email: str) -> None:
    """Print a new API key of EMAIL; it is shown this once."""
    try:
        address = normalise_email(email)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    try:
        made = _run(config, lambda enrolment: enrolment.create_key(address))
    except NotFound:
        raise click.ClickException(f"{address} has no account") from None
    _note("key.created", f"key_{made.split('_')[1]}")
    click.echo(made)


def _note(act: str, target: str, **more: str) -> None:
    """Audit what was done by whoever runs the command, as the system knows them."""
    configure_command()
    audit(act, "done", who=f"uid:{os.getuid()}", target=target, **more)


def _run(config: Config, work: Callable[[Enrolment], Awaitable[T]]) -> T:
    """Do one piece of work on the database; what is refused ends the command with one line and exit code 1."""
    try:
        make_folder(config.database)
        return asyncio.run(_with_enrolment(config, work))
    except NotFound:
        raise
    except LeaError as error:
        raise click.ClickException(error.detail("en")) from None
    except StartError as error:
        raise click.ClickException(str(error)) from None


async def _with_enrolment(config: Config, work: Callable[[Enrolment], Awaitable[T]]) -> T:
    tasks, passwords = TaskOwner(), Passwords()
    store = Store(config.database, tasks)
    enrolment = Enrolment(
        store,
        SystemClock(),
        passwords,
        link_lifetime_s=config.auth.link_hours * 3600,
        load_sample=lambda _connection, _company_id: None,
    )
    try:
        await _prepare(store)
        return await work(enrolment)
    finally:
        passwords.close()
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
