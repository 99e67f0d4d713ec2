"""Signing in, staying signed in and signing out, over a real database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher, extract_parameters

from lea.auth.enrolment import normalise_email
from lea.auth.permissions import Identity
from lea.errors import BadRequest, Conflict, LeaError, NotFound, TooMany, Unauthorized
from lea.store import accounts
from tests.auth_parts import EMAIL, PASSWORD, AuthParts, auth_parts, newcomer

HERE = "192.0.2.1"


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[AuthParts]:
    async with auth_parts(tmp_path) as parts:
        yield parts


async def who(parts: AuthParts, credential: str) -> Identity:
    return await parts.service.identities.of_bearer(credential)


async def code_of(awaitable: object, error: type[LeaError] = Unauthorized) -> str:
    with pytest.raises(error) as raised:
        await awaitable  # type: ignore[misc]
    return raised.value.code


async def test_the_first_account_is_the_admin_of_its_own_company(parts: AuthParts) -> None:
    assert await parts.service.enrolment.needed()
    grant = await parts.first_grant()
    identity = await who(parts, grant.access_token)
    account = await parts.service.account(identity)
    assert (account.email, account.role, account.company_name, account.language) == (
        EMAIL,
        "admin",
        "Analytical Engines",
        "en",
    )
    assert not await parts.service.enrolment.needed()
    assert parts.sql("SELECT count(*) FROM transactions") == [(0,)]


async def test_the_sample_is_loaded_into_the_new_company_when_asked_for(parts: AuthParts) -> None:
    identity = await who(parts, (await parts.first_grant(sample=True)).access_token)
    assert parts.sql("SELECT company_id FROM transactions") == [(identity.company_id,)]


async def test_a_setup_link_is_kept_as_a_hash_and_works_once(parts: AuthParts) -> None:
    token = await parts.service.enrolment.setup_link()
    assert token is not None
    assert token not in str(parts.sql("SELECT * FROM one_time_links"))
    results = await asyncio.gather(
        *(parts.service.set_up(token, newcomer(f"u{n}@example.org"), sample=False) for n in range(5)),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert parts.sql("SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM companies)") == [(1, 1)]


async def test_a_new_setup_link_replaces_the_earlier_one(parts: AuthParts) -> None:
    first, second = await parts.service.enrolment.setup_link(), await parts.service.enrolment.setup_link()
    assert first is not None
    assert second is not None
    assert await code_of(parts.service.set_up(first, newcomer(), sample=False), BadRequest) == "link_invalid"
    await parts.service.set_up(second, newcomer(), sample=False)


async def test_a_setup_link_ends_with_its_time_and_with_the_first_account(parts: AuthParts) -> None:
    token = await parts.service.enrolment.setup_link()
    assert token is not None
    parts.clock.advance(24 * 3600)
    assert await code_of(parts.service.set_up(token, newcomer(), sample=False), BadRequest) == "link_invalid"
    token = await parts.service.enrolment.setup_link()
    assert token is not None
    await parts.service.enrolment.add_user(newcomer("bob@example.org"), "member")
    assert await code_of(parts.service.set_up(token, newcomer(), sample=False), Conflict) == "already_set_up"
    assert await parts.service.enrolment.setup_link() is None


async def test_a_signin_link_signs_its_user_in_once(parts: AuthParts) -> None:
    account = await parts.service.enrolment.add_user(newcomer(), "member")
    token = await parts.service.enrolment.signin_link(account.id)
    results = await asyncio.gather(*(parts.service.take_link(token) for _ in range(5)), return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert await code_of(parts.service.take_link("\ud800"), BadRequest) == "link_invalid"


async def test_a_link_is_good_for_its_own_purpose_only(parts: AuthParts) -> None:
    setup = await parts.service.enrolment.setup_link()
    assert setup is not None
    assert await code_of(parts.service.take_link(setup), BadRequest) == "link_invalid"
    await parts.service.set_up(setup, newcomer(), sample=False)


async def test_login_ignores_case_and_blanks_around_the_address(parts: AuthParts) -> None:
    await parts.first_grant()
    grant = await parts.service.login("  ADA@Example.ORG ", PASSWORD, HERE)
    assert grant.expires_in_s == 900
    assert (await who(parts, grant.access_token)).via == "token"


async def test_wrong_password_unknown_address_disabled_account_and_nonsense_answer_alike(parts: AuthParts) -> None:
    await parts.first_grant()
    codes = {
        await code_of(parts.service.login(EMAIL, "wrong password", HERE)),
        await code_of(parts.service.login("nobody@example.org", PASSWORD, HERE)),
        await code_of(parts.service.login("not an address", PASSWORD, HERE)),
    }
    parts.sql("UPDATE users SET disabled_at = 1")
    codes.add(await code_of(parts.service.login(EMAIL, PASSWORD, HERE)))
    assert codes == {"invalid_credentials"}


async def test_the_eleventh_attempt_is_refused_even_with_the_right_password(parts: AuthParts) -> None:
    await parts.first_grant()
    for _ in range(10):
        await code_of(parts.service.login(EMAIL, "wrong password", HERE))
    assert await code_of(parts.service.login(EMAIL, PASSWORD, HERE), TooMany) == "login_limited"
    parts.clock.advance(300)
    await parts.service.login(EMAIL, PASSWORD, HERE)


async def test_a_sign_in_frees_the_attempts_of_its_account(parts: AuthParts) -> None:
    await parts.first_grant()
    for _ in range(3):
        for _ in range(9):
            await code_of(parts.service.login(EMAIL, "wrong password", HERE))
        await parts.service.login(EMAIL, PASSWORD, HERE)


async def test_a_sign_in_lasts_as_long_as_it_is_refreshed_within_its_days(parts: AuthParts) -> None:
    grant = await parts.first_grant()
    for _ in range(3):
        parts.clock.advance(30 * 86_400 - 1)
        grant = await parts.service.refresh(grant.refresh_token)
    parts.clock.advance(30 * 86_400)
    assert await code_of(parts.service.refresh(grant.refresh_token)) == "token_expired"
    assert await code_of(parts.service.identities.of_cookie(grant.refresh_token)) == "token_expired"


async def test_a_password_is_hashed_again_when_the_parameters_change(tmp_path: Path) -> None:
    async with auth_parts(tmp_path, hasher=PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)) as old:
        await old.first_grant()
    async with auth_parts(tmp_path) as parts:
        await parts.service.login(EMAIL, PASSWORD, HERE)
        [(stored,)] = parts.sql("SELECT password_hash FROM users")
        assert extract_parameters(str(stored)).time_cost == 1
        await parts.service.login(EMAIL, PASSWORD, HERE)


async def test_two_tabs_that_refresh_at_once_get_the_same_successor(parts: AuthParts) -> None:
    first = await parts.first_grant()
    grants = await asyncio.gather(*(parts.service.refresh(first.refresh_token) for _ in range(10)))
    assert len({grant.refresh_token for grant in grants}) == 1
    assert grants[0].refresh_token != first.refresh_token
    await who(parts, grants[0].access_token)


async def test_no_refresh_token_is_stored(parts: AuthParts) -> None:
    grant = await parts.first_grant()
    files = b"".join(file.read_bytes() for file in parts.file.parent.iterdir())
    assert grant.refresh_token.encode() not in files


async def test_a_disabled_user_is_not_refreshed(parts: AuthParts) -> None:
    grant = await parts.first_grant()
    parts.sql("UPDATE users SET disabled_at = 1")
    assert await code_of(parts.service.refresh(grant.refresh_token)) == "unauthorized"
    parts.sql("UPDATE users SET disabled_at = NULL")
    assert await code_of(parts.service.refresh(grant.refresh_token)) == "unauthorized"


async def test_logout_ends_the_sign_in_at_once_and_again_is_no_different(parts: AuthParts) -> None:
    grant, other = await parts.first_grant(), await parts.service.login(EMAIL, PASSWORD, HERE)
    await parts.service.identities.of_cookie(grant.refresh_token)
    for _ in range(2):
        await parts.service.logout(bearer=grant.access_token, refresh_token=None)
    assert await code_of(who(parts, grant.access_token)) == "token_expired"
    assert await code_of(parts.service.refresh(grant.refresh_token)) == "unauthorized"
    assert await code_of(parts.service.identities.of_cookie(grant.refresh_token)) == "token_expired"
    await who(parts, other.access_token)
    await parts.service.logout(bearer="nonsense", refresh_token="nonsense")


async def test_logout_with_an_expired_token_still_ends_the_sign_in(parts: AuthParts) -> None:
    grant = await parts.first_grant()
    parts.clock.advance(901)
    await parts.service.logout(bearer=grant.access_token, refresh_token=None)
    assert await code_of(parts.service.refresh(grant.refresh_token)) == "unauthorized"


async def test_the_cookie_stands_for_its_user_as_the_account_is_now(parts: AuthParts) -> None:
    grant = await parts.first_grant()
    identity = await parts.service.identities.of_cookie(grant.refresh_token)
    assert identity == replace(await who(parts, grant.access_token), via="cookie")
    parts.sql("UPDATE users SET role = 'member'")
    parts.clock.advance(61)
    assert (await parts.service.identities.of_cookie(grant.refresh_token)).role == "member"


async def test_a_cookie_older_than_the_predecessor_stands_for_nobody(parts: AuthParts) -> None:
    first = await parts.first_grant()
    second = await parts.service.refresh(first.refresh_token)
    await parts.service.identities.of_cookie(first.refresh_token)
    third = await parts.service.refresh(second.refresh_token)
    parts.clock.advance(61)
    assert await code_of(parts.service.identities.of_cookie(first.refresh_token)) == "token_expired"
    await parts.service.identities.of_cookie(third.refresh_token)


async def test_a_sign_in_ended_elsewhere_ends_the_cookie_within_a_minute(parts: AuthParts) -> None:
    grant = await parts.first_grant()
    await parts.service.identities.of_cookie(grant.refresh_token)
    parts.sql("UPDATE refresh_families SET revoked_at = 1")
    parts.clock.advance(60)
    assert await code_of(parts.service.identities.of_cookie(grant.refresh_token)) == "token_expired"


async def test_a_key_identifies_its_user_with_one_look_up(parts: AuthParts) -> None:
    await parts.first_grant()
    key = await parts.service.enrolment.create_key(EMAIL)
    assert key.rpartition("_")[2] not in str(parts.sql("SELECT * FROM api_keys"))
    identities = await asyncio.gather(*(who(parts, key) for _ in range(20)))
    assert {(identity.via, identity.name, identity.family) for identity in identities} == {("key", "Ada", None)}
    parts.sql("DELETE FROM api_keys")
    await who(parts, key)
    parts.clock.advance(60)
    assert await code_of(who(parts, key)) == "invalid_token"


async def test_a_key_with_another_secret_an_unknown_key_and_nonsense_are_refused(parts: AuthParts) -> None:
    await parts.first_grant()
    key = await parts.service.enrolment.create_key(EMAIL)
    wrong_secret = key[:30] + ("A" if key[30] != "A" else "B") + key[31:]
    unknown = "lea_" + "0" * 24 + key[28:]
    for credential in (wrong_secret, unknown, "lea_", "lea_x_y", key + "x", "lea_rt_" + "A" * 64):
        assert await code_of(who(parts, credential)) == "invalid_token"
    await who(parts, key)


async def test_a_disabled_users_key_is_refused(parts: AuthParts) -> None:
    await parts.first_grant()
    key = await parts.service.enrolment.create_key(EMAIL)
    parts.sql("UPDATE users SET disabled_at = 1")
    assert await code_of(who(parts, key)) == "invalid_token"
    assert await code_of(parts.service.enrolment.create_key(EMAIL), NotFound) == "not_found"


async def test_an_address_has_one_account_even_when_two_ask_at_once(parts: AuthParts) -> None:
    results = await asyncio.gather(
        *(parts.service.enrolment.add_user(newcomer(company=f"C{n}"), "member") for n in range(5)),
        return_exceptions=True,
    )
    refusals = [result.code for result in results if isinstance(result, Conflict)]
    assert refusals == ["email_taken"] * 4
    assert parts.sql("SELECT count(*) FROM companies") == [(1,)]


async def test_users_of_one_company_name_share_it_and_others_do_not(parts: AuthParts) -> None:
    add = parts.service.enrolment.add_user
    ada, bob = await add(newcomer("ada@x.org"), "admin"), await add(newcomer("bob@x.org"), "member")
    eve = await add(newcomer("eve@x.org", company="Other"), "member")
    assert ada.company_id == bob.company_id != eve.company_id
    assert (ada.role, bob.role) == ("admin", "member")


async def test_a_password_changed_meanwhile_is_not_overwritten_by_a_new_hash_of_the_old(parts: AuthParts) -> None:
    await parts.first_grant()
    account = await parts.store.read(lambda c: accounts.find_by_email(c, EMAIL))
    assert account is not None
    assert not await parts.store.write(lambda c: accounts.replace_password_hash(c, account.id, "another", "new"))
    assert parts.sql("SELECT password_hash FROM users") == [(account.password_hash,)]


@pytest.mark.parametrize(
    "text", ["", "@", "ada", "ada@", "@x.org", "a@b@c", "a b@x.org", "a\n@x.org", "a@x\x00", "a" * 250 + "@x.org"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="e-mail"):
        normalise_email(text)


def test_an_address_has_one_spelling() -> None:
    assert normalise_email(" Straße@Example.ORG\n") == "strasse@example.org"
