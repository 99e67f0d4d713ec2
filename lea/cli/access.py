"""`lea user disable`, `lea key revoke` and their like: who may no longer come in.

A running server hears of it within a minute: it believes what it has looked up for so long.
"""

import re
from typing import Final

import click

from lea.cli.database import account_of, address_of, note, run
from lea.clock import SystemClock, iso
from lea.config import Config
from lea.store import administration
from lea.store.accounts import Account
from lea.store.engine import Store

WHOLE_KEY: Final = re.compile(r"lea_([0-9a-f]{24})_.*")
"""Of a key that was found somewhere it should not be, one has the whole."""


@click.command("disable")
@click.argument("email")
@click.pass_obj
def disable(config: Config, *, email: str) -> None:
    """Shut the account of EMAIL: its sign-ins end, its keys rest, its conversations stay."""
    address = address_of(email)

    async def work(store: Store) -> Account:
        account = await account_of(store, address)
        await store.write(lambda connection: administration.disable(connection, account.id, SystemClock().now()))
        return account

    note("account.disabled", run(config, work).id)
    click.echo(f"{address} is disabled")


@click.command("enable")
@click.argument("email")
@click.pass_obj
def enable(config: Config, *, email: str) -> None:
    """Open the account of EMAIL again."""
    address = address_of(email)

    async def work(store: Store) -> Account:
        account = await account_of(store, address)
        await store.write(lambda connection: administration.enable(connection, account.id, SystemClock().now()))
        return account

    note("account.enabled", run(config, work).id)
    click.echo(f"{address} is enabled")


@click.command("list")
@click.argument("email")
@click.pass_obj
def list_keys(config: Config, *, email: str) -> None:
    """The API keys of EMAIL, one a line: its id, when it was made, and when it was revoked."""
    address = address_of(email)

    async def work(store: Store) -> list[administration.KeyRow]:
        account = await account_of(store, address)
        return await store.read(lambda connection: administration.keys_of(connection, account.id))

    for row in run(config, work):
        ended = "" if row.revoked_at is None else f"  revoked {iso(row.revoked_at)}"
        click.echo(f"{row.id}  made {iso(row.created_at)}{ended}")


@click.command("revoke")
@click.argument("key_id", required=False)
@click.option("--all", "email", metavar="EMAIL", help="All keys of this account.")
@click.pass_obj
def revoke(config: Config, *, key_id: str | None, email: str | None) -> None:
    """Take the API key KEY_ID back for good, as `lea key list` calls it; the whole key is understood too."""
    if (key_id is None) == (email is None):
        raise click.UsageError("either KEY_ID or --all EMAIL")
    revoked = _revoke_all(config, address_of(email)) if email is not None else _revoke_one(config, str(key_id))
    for one in revoked:
        note("key.revoked", one)
        click.echo(f"{one} is revoked")


def _revoke_all(config: Config, address: str) -> list[str]:
    async def work(store: Store) -> list[str]:
        account = await account_of(store, address)
        now = SystemClock().now()
        return await store.write(lambda connection: administration.revoke_keys(connection, account.id, now))

    return run(config, work)


def _revoke_one(config: Config, given: str) -> list[str]:
    whole = WHOLE_KEY.fullmatch(given)
    key_id = given if whole is None else f"key_{whole[1]}"

    async def work(store: Store) -> bool:
        now = SystemClock().now()
        return await store.write(lambda connection: administration.revoke_key(connection, key_id, now))

    if not run(config, work):
        raise click.ClickException("there is no such key, or it was revoked before")
    return [key_id]
