"""Access and refresh tokens: only ours count, and only as long as they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from lea.auth.permissions import Identity, require_admin
from lea.auth.tokens import AccessTokens, RefreshToken, RefreshTokens
from lea.errors import Forbidden, Unauthorized
from lea.ids import CompanyId, UserId, new_id
from tests.fakes import ManualClock

KEY = b"k" * 32
ADA = Identity(UserId("user_1"), CompanyId("company_1"), "admin", "Ada", "en", "token", "fam_1")


def refused(tokens: AccessTokens, token: str) -> str:
    with pytest.raises(Unauthorized) as raised:
        tokens.identity(token)
    assert raised.value.headers == {"WWW-Authenticate": "Bearer"}
    return raised.value.code


def test_a_token_carries_the_identity_it_was_issued_for() -> None:
    tokens = AccessTokens(KEY, ManualClock(), 900)
    assert tokens.identity(tokens.issue(ADA)) == ADA


def test_a_token_counts_until_its_expiry_and_not_a_second_longer() -> None:
    clock = ManualClock()
    tokens = AccessTokens(KEY, clock, 900)
    token = tokens.issue(ADA)
    clock.advance(899)
    assert tokens.identity(token) == ADA
    clock.advance(1)
    assert refused(tokens, token) == "token_expired"


def test_an_expired_token_still_names_its_family() -> None:
    clock = ManualClock()
    tokens = AccessTokens(KEY, clock, 900)
    token = tokens.issue(ADA)
    clock.advance(5000)
    assert tokens.family(token) == "fam_1"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.é.é", "..", "a" * 5000, "\ud800.x.y", "lea_"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert refused(AccessTokens(KEY, ManualClock(), 900), token) == "invalid_token"


@given(st.text(max_size=200))
def test_no_text_whatsoever_is_taken_for_a_token(text: str) -> None:
    assert refused(AccessTokens(KEY, ManualClock(), 900), text) == "invalid_token"
    with pytest.raises(Unauthorized):
        RefreshTokens(KEY).read(text)


def test_a_token_of_another_key_is_refused() -> None:
    clock = ManualClock()
    other = AccessTokens(b"o" * 32, clock, 900).issue(ADA)
    assert refused(AccessTokens(KEY, clock, 900), other) == "invalid_token"


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_the_token_does_not_choose_its_algorithm(algorithm: str) -> None:
    claims = {"sub": "user_1", "cid": "c", "role": "admin", "lang": "en", "fam": "f", "iat": 0, "exp": 2**33}
    token = jwt.encode({"alg": algorithm}, claims, OctKey.import_key(KEY), algorithms=[algorithm])
    assert refused(AccessTokens(KEY, ManualClock(), 900), token) == "invalid_token"


def test_an_unsigned_token_is_refused() -> None:
    token = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJ1c2VyXzEifQ."
    assert refused(AccessTokens(KEY, ManualClock(), 900), token) == "invalid_token"


@pytest.mark.parametrize("wrong", [{"exp": None}, {"exp": "tomorrow"}, {"role": "root"}, {"sub": 7}, {"fam": None}])
def test_a_signed_token_with_wrong_claims_is_refused(wrong: dict[str, object]) -> None:
    claims = {"sub": "user_1", "cid": "c", "role": "admin", "lang": "en", "fam": "f", "iat": 0, "exp": 2**33}
    token = jwt.encode({"alg": "HS256"}, {**claims, **wrong}, OctKey.import_key(KEY))
    assert refused(AccessTokens(KEY, ManualClock(), 900), token) == "invalid_token"


def test_a_refresh_token_is_the_same_text_every_time_and_reads_back() -> None:
    tokens, token = RefreshTokens(KEY), RefreshToken(new_id("fam"), 7)
    text = tokens.write(token)
    assert text == RefreshTokens(KEY).write(token)
    assert text.startswith("lea_rt_")
    assert tokens.read(text) == token


@given(position=st.integers(7, 70), replacement=st.sampled_from("ABab01-_"))
def test_a_refresh_token_with_one_character_changed_is_refused(position: int, replacement: str) -> None:
    tokens = RefreshTokens(KEY)
    text = tokens.write(RefreshToken("fam_" + "ab" * 12, 7))
    changed = text[:position] + replacement + text[position + 1 :]
    if changed != text:
        with pytest.raises(Unauthorized):
            tokens.read(changed)


def test_a_refresh_token_of_another_key_is_refused() -> None:
    text = RefreshTokens(b"o" * 32).write(RefreshToken(new_id("fam"), 0))
    with pytest.raises(Unauthorized):
        RefreshTokens(KEY).read(text)


def test_members_are_not_admins() -> None:
    require_admin(ADA)
    with pytest.raises(Forbidden):
        require_admin(Identity(ADA.user_id, ADA.company_id, "member", "Bob", "fr", "key"))
