"""How often one may try to sign in."""

import pytest

from lea.auth.attempts import Attempts
from lea.config import Limits
from lea.errors import TooMany
from tests.fakes import ManualClock

LIMITS = Limits(login_per_account=3, login_per_address=5, login_window=300)


async def refused_for(attempts: Attempts, email: str, address: str) -> float | None:
    with pytest.raises(TooMany) as raised:
        await attempts.count(email, address)
    assert raised.value.code == "login_limited"
    assert raised.value.params == {"seconds": raised.value.retry_after_s}
    return raised.value.retry_after_s


async def test_an_account_is_tried_so_often_from_anywhere_and_no_more() -> None:
    attempts = Attempts(LIMITS, ManualClock())
    for number in range(3):
        await attempts.count("ada@example.org", f"192.0.2.{number}")
    await refused_for(attempts, "ada@example.org", "192.0.2.9")
    await attempts.count("bob@example.org", "192.0.2.9")


async def test_an_address_tries_so_many_accounts_and_no_more() -> None:
    attempts = Attempts(LIMITS, ManualClock())
    for number in range(5):
        await attempts.count(f"user{number}@example.org", "192.0.2.1")
    await refused_for(attempts, "another@example.org", "192.0.2.1")
    await attempts.count("another@example.org", "192.0.2.2")


async def test_the_seconds_told_are_those_until_an_attempt_is_allowed_again() -> None:
    clock = ManualClock()
    attempts = Attempts(LIMITS, clock)
    for _ in range(3):
        await attempts.count("ada@example.org", "192.0.2.1")
        clock.advance(10)
    seconds = await refused_for(attempts, "ada@example.org", "192.0.2.2")
    assert seconds == 270
    clock.advance(269)
    await refused_for(attempts, "ada@example.org", "192.0.2.2")
    clock.advance(1)
    await attempts.count("ada@example.org", "192.0.2.2")
    await refused_for(attempts, "ada@example.org", "192.0.2.2")


async def test_being_refused_does_not_make_the_wait_longer() -> None:
    clock = ManualClock()
    attempts = Attempts(LIMITS, clock)
    for _ in range(3):
        await attempts.count("ada@example.org", "192.0.2.1")
    for number in range(299):
        clock.advance(1)
        await refused_for(attempts, "ada@example.org", f"198.51.100.{number % 250}")
    clock.advance(1)
    await attempts.count("ada@example.org", "192.0.2.1")


async def test_a_success_frees_the_account_and_not_the_address() -> None:
    attempts = Attempts(LIMITS, ManualClock())
    for _ in range(3):
        await attempts.count("ada@example.org", "192.0.2.1")
    await attempts.forgive("ada@example.org")
    await attempts.count("ada@example.org", "192.0.2.1")
    await attempts.count("ada@example.org", "192.0.2.1")
    await refused_for(attempts, "bob@example.org", "192.0.2.1")


async def test_one_ipv6_subscriber_is_one_address_and_a_mapped_ipv4_is_itself() -> None:
    attempts = Attempts(LIMITS, ManualClock())
    for number in range(5):
        await attempts.count(f"user{number}@example.org", f"2001:db8::{number + 1}")
    await refused_for(attempts, "another@example.org", "2001:db8::ffff")
    await attempts.count("another@example.org", "2001:db8:0:1::1")
    for number in range(5):
        await attempts.count(f"mapped{number}@example.org", "::ffff:192.0.2.1")
    await refused_for(attempts, "another@example.org", "192.0.2.1")


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lea.resilience.limits.WINDOWS", 10)
    attempts = Attempts(LIMITS, ManualClock())
    for _ in range(3):
        await attempts.count("ada@example.org", "192.0.2.1")
    for number in range(20):
        await attempts.count(f"user{number}@example.org", f"198.51.100.{number}")
    await attempts.count("ada@example.org", "192.0.2.1")
