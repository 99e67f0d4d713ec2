"""`lea user` and `lea key`: accounts from the command line, also beside a running server."""

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from lea.auth.enrolment import Enrolment, Newcomer, normalise_email
from lea.auth.passwords import MAX_LENGTH, Passwords, check_password
from lea.cli.access import disable, enable, list_keys, revoke
from lea.cli.database import address_of, no_account, note, run
from lea.clock import SystemClock
from lea.config import Config
from lea.errors import NotFound
from lea.sentences import Language
from lea.store.engine import Store

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
    account = _enrol(config, lambda enrolment: enrolment.add_user(newcomer, "admin" if admin else "member"))
    note("account.made", account.id, role=account.role, company=account.company_id)
    click.echo(f"{account.email} is {account.role} of {account.company_name}")


@key.command("create")
@click.argument("email")
@click.pass_obj
def key_create(config: Config, *, email: str) -> None:
    """Print a new API key of EMAIL; it is shown this once."""
    address = address_of(email)
    try:
        made = _enrol(config, lambda enrolment: enrolment.create_key(address))
    except NotFound:
        raise no_account(address) from None
    note("key.created", f"key_{made.split('_')[1]}")
    click.echo(made)


def _enrol(config: Config, work: Callable[[Enrolment], Awaitable[T]]) -> T:
    async def with_store(store: Store) -> T:
        passwords = Passwords()
        enrolment = Enrolment(
            store,
            SystemClock(),
            passwords,
            link_lifetime_s=config.auth.link_hours * 3600,
            load_sample=lambda _connection, _company_id: None,
        )
        try:
            return await work(enrolment)
        finally:
            passwords.close()

    return run(config, with_store)


user.add_command(disable)
user.add_command(enable)
key.add_command(list_keys)
key.add_command(revoke)
