"""Accounts from the command line, beside a server that uses the same database."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner, Result

from lea.auth.identities import BELIEVED_S
from lea.auth.permissions import Identity
from lea.cli.accounts import key, user
from lea.config import Config, Database
from lea.errors import Unauthorized
from tests.auth_parts import PASSWORD, AuthParts, auth_parts


def config_in(folder: Path) -> Config:
    return Config(database=Database(url=f"sqlite+aiosqlite:///{folder / 'lea.db'}"))


def run(folder: Path, group: Group, *arguments: str, stdin: str = PASSWORD + "\n") -> Result:
    return CliRunner().invoke(group, list(arguments), obj=config_in(folder), input=stdin)


def add(folder: Path, email: str = "ada@example.org", *more: str, stdin: str = PASSWORD + "\n") -> Result:
    return run(folder, user, "add", email, "--company", "Engines", "--password-stdin", *more, stdin=stdin)


def signed_in(folder: Path, email: str) -> Identity:
    async def sign_in() -> Identity:
        async with auth_parts(folder) as parts:
            grant = await parts.service.login(email, PASSWORD, None)
            return await parts.service.identities.of_bearer(grant.access_token)

    return asyncio.run(sign_in())


def test_an_added_user_can_sign_in_even_where_there_was_no_database(tmp_path: Path) -> None:
    result = add(tmp_path, "Ada@Example.org", "--admin", "--name", "Ada", "--language", "en")
    assert (result.exit_code, result.stdout) == (0, "ada@example.org is admin of Engines\n")
    identity = signed_in(tmp_path, "ada@example.org")
    assert (identity.role, identity.name, identity.language) == ("admin", "Ada", "en")


def test_a_second_user_joins_the_company_as_a_member(tmp_path: Path) -> None:
    add(tmp_path)
    assert add(tmp_path, "bob@example.org").exit_code == 0
    ada, bob = signed_in(tmp_path, "ada@example.org"), signed_in(tmp_path, "bob@example.org")
    assert ada.company_id == bob.company_id
    assert (bob.role, bob.name) == ("member", "bob")


@pytest.mark.parametrize(
    ("email", "stdin", "reason"),
    [
        ("ada@example.org", "too short\n", "10 to 200"),
        ("ada@example.org", "", "10 to 200"),
        ("ada@example.org", "x" * 300, "10 to 200"),
        ("nobody", PASSWORD, "not an e-mail address"),
    ],
)
def test_what_is_refused_is_told_in_one_line_and_makes_nothing(
    tmp_path: Path, email: str, stdin: str, reason: str
) -> None:
    result = add(tmp_path, email, stdin=stdin)
    assert result.exit_code == 1
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "lea.db").exists()


def test_a_taken_address_is_refused(tmp_path: Path) -> None:
    add(tmp_path)
    result = add(tmp_path, "ADA@example.org")
    assert result.exit_code == 1
    assert "has an account already" in result.stderr


def test_the_password_comes_from_stdin_only(tmp_path: Path) -> None:
    assert run(tmp_path, user, "add", "ada@example.org", "--company", "Engines").exit_code == 2


def test_a_created_key_is_all_that_is_printed_and_works(tmp_path: Path) -> None:
    add(tmp_path)
    result = run(tmp_path, key, "create", "ADA@example.org")
    assert result.exit_code == 0
    [printed] = result.stdout.splitlines()

    async def who() -> Identity:
        async with auth_parts(tmp_path) as parts:
            return await parts.service.identities.of_bearer(printed)

    assert asyncio.run(who()).via == "key"


def test_a_key_for_nobody_is_refused(tmp_path: Path) -> None:
    result = run(tmp_path, key, "create", "nobody@example.org")
    assert result.exit_code == 1
    assert result.stderr == "Error: nobody@example.org has no account\n"


def test_a_database_of_a_newer_version_is_left_alone_and_told_in_one_line(tmp_path: Path) -> None:
    add(tmp_path)
    with closing(sqlite3.connect(tmp_path / "lea.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    result = add(tmp_path, "bob@example.org")
    assert result.exit_code == 1
    assert "of a newer version" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "lea.db").write_text("not a database, but long enough to be looked at as one" * 100)
    result = add(tmp_path)
    assert result.exit_code == 1
    assert "the database cannot be used" in result.stderr
    assert result.stderr.count("\n") == 1


async def test_commands_work_beside_a_server(tmp_path: Path) -> None:
    await asyncio.to_thread(add, tmp_path)
    async with auth_parts(tmp_path) as server:
        assert not await server.service.enrolment.needed()
        result = await asyncio.to_thread(add, tmp_path, "bob@example.org")
        assert result.exit_code == 0
        await server.service.login("bob@example.org", PASSWORD, None)


def created(folder: Path, email: str = "ada@example.org") -> str:
    return run(folder, key, "create", email).stdout.strip()


def id_of(whole: str) -> str:
    return f"key_{whole.split('_')[1]}"


async def works(parts: AuthParts, credential: str) -> bool:
    try:
        await parts.service.identities.of_bearer(credential)
    except Unauthorized:
        return False
    return True


def usable(folder: Path, *credentials: str) -> list[bool]:
    """Whether they are let in by a server that has not seen them before."""

    async def ask() -> list[bool]:
        async with auth_parts(folder) as parts:
            return [await works(parts, one) for one in credentials]

    return asyncio.run(ask())


def test_a_revoked_key_is_refused_and_the_others_are_not(tmp_path: Path) -> None:
    add(tmp_path)
    first, second, third = (created(tmp_path) for _ in range(3))
    result = run(tmp_path, key, "revoke", id_of(first))
    assert (result.exit_code, result.stdout) == (0, f"{id_of(first)} is revoked\n")
    assert run(tmp_path, key, "revoke", second).stdout == f"{id_of(second)} is revoked\n", "the whole key will do"
    assert usable(tmp_path, first, second, third) == [False, False, True]


@pytest.mark.parametrize("given", ["key_nothing", "key_000000000000000000000000", "%"])
def test_a_key_that_is_not_there_or_was_revoked_before_is_told(tmp_path: Path, given: str) -> None:
    add(tmp_path)
    result = run(tmp_path, key, "revoke", given)
    assert result.exit_code == 1
    assert result.stderr == "Error: there is no such key, or it was revoked before\n"
    made = created(tmp_path)
    assert [run(tmp_path, key, "revoke", id_of(made)).exit_code for _ in range(2)] == [0, 1]


def test_all_keys_of_one_account_are_revoked_at_once(tmp_path: Path) -> None:
    add(tmp_path)
    add(tmp_path, "bob@example.org")
    adas, bobs = [created(tmp_path) for _ in range(2)], created(tmp_path, "bob@example.org")
    result = run(tmp_path, key, "revoke", "--all", "ADA@example.org")
    assert result.stdout.splitlines() == [f"{id_of(one)} is revoked" for one in sorted(adas)]
    assert usable(tmp_path, *adas, bobs) == [False, False, True]
    again = run(tmp_path, key, "revoke", "--all", "ada@example.org")
    assert (again.exit_code, again.stdout) == (0, "")


@pytest.mark.parametrize("arguments", [[], ["key_1", "--all", "ada@example.org"]])
def test_one_key_or_all_of_somebody_s_must_be_said(tmp_path: Path, arguments: list[str]) -> None:
    assert run(tmp_path, key, "revoke", *arguments).exit_code == 2


def test_the_keys_of_an_account_are_listed_without_their_secrets(tmp_path: Path) -> None:
    add(tmp_path)
    first, second = created(tmp_path), created(tmp_path)
    run(tmp_path, key, "revoke", id_of(first))
    lines = run(tmp_path, key, "list", "ada@example.org").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [id_of(first), id_of(second)]
    assert ["revoked" in line for line in lines] == [True, False]
    assert first.split("_")[2] not in str(lines)


@pytest.mark.parametrize(
    ("group", "arguments"),
    [(key, ["list"]), (key, ["revoke", "--all"]), (user, ["disable"]), (user, ["enable"])],
)
def test_what_is_asked_of_nobody_is_refused(tmp_path: Path, group: Group, arguments: list[str]) -> None:
    add(tmp_path)
    result = run(tmp_path, group, *arguments, "nobody@example.org")
    assert (result.exit_code, result.stderr) == (1, "Error: nobody@example.org has no account\n")
    assert run(tmp_path, group, *arguments, "nobody").exit_code == 1


def test_a_disabled_account_is_refused_in_every_way_until_it_is_enabled(tmp_path: Path) -> None:
    add(tmp_path)
    made = created(tmp_path)
    assert run(tmp_path, user, "disable", "ADA@example.org").stdout == "ada@example.org is disabled\n"
    assert run(tmp_path, user, "disable", "ada@example.org").exit_code == 0
    assert usable(tmp_path, made) == [False]
    with pytest.raises(Unauthorized):
        signed_in(tmp_path, "ada@example.org")
    assert run(tmp_path, user, "enable", "ada@example.org").stdout == "ada@example.org is enabled\n"
    assert usable(tmp_path, made) == [True]
    assert signed_in(tmp_path, "ada@example.org").via == "token"


async def test_a_running_server_hears_of_a_disabled_account_by_itself(tmp_path: Path) -> None:
    await asyncio.to_thread(add, tmp_path)
    await asyncio.to_thread(add, tmp_path, "bob@example.org")
    made = await asyncio.to_thread(created, tmp_path)
    async with auth_parts(tmp_path) as server:
        server.clock.advance(time.time() - server.clock.now())
        identities = server.service.identities
        grant = await server.service.login("ada@example.org", PASSWORD, None)
        others = await server.service.login("bob@example.org", PASSWORD, None)
        assert await works(server, made)
        await asyncio.to_thread(run, tmp_path, user, "disable", "ada@example.org")
        assert await works(server, grant.access_token), "it has not been heard of yet"
        await identities.look()
        assert not await works(server, grant.access_token)
        assert await works(server, others.access_token)
        with pytest.raises(Unauthorized):
            await identities.of_cookie(grant.refresh_token)
        with pytest.raises(Unauthorized):
            await server.service.refresh(grant.refresh_token)
        server.clock.advance(BELIEVED_S + 1)
        assert not await works(server, made)
