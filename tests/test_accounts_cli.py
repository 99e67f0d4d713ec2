"""Accounts from the command line, beside a server that uses the same database."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click import Group
from click.testing import CliRunner, Result

from lea.auth.permissions import Identity
from lea.cli.accounts import key, user
from lea.config import Config, Database
from tests.auth_parts import PASSWORD, auth_parts


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
