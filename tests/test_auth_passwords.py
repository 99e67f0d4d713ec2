"""Passwords: what is accepted, what verifying costs, and its bound."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher, extract_parameters

from lea.auth.passwords import Passwords, Verdict, check_password
from lea.errors import Overloaded
from tests.auth_parts import CHEAP, PASSWORD


class RecordingHasher(PasswordHasher):
    """Notes which hashes it is asked to verify, and can be held up."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified: list[str] = []
        self.running = 0
        self.most = 0
        self.go = threading.Event()
        self.go.set()

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override] # noqa: A002
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            self.verified.append(str(hash))
            assert self.go.wait(60)
            return super().verify(hash, password)
        finally:
            self.running -= 1


@pytest.fixture
async def passwords() -> AsyncIterator[Passwords]:
    passwords = Passwords(CHEAP)
    yield passwords
    passwords.close()


async def test_the_right_password_is_right_and_another_is_wrong(passwords: Passwords) -> None:
    stored = await passwords.hash(PASSWORD)
    assert await passwords.verify(stored, PASSWORD) == Verdict(True, outdated=False)
    assert await passwords.verify(stored, PASSWORD + "!") == Verdict(False)


async def test_without_a_stored_password_the_same_work_is_done_and_every_password_is_wrong() -> None:
    hasher = RecordingHasher()
    passwords = Passwords(hasher)
    assert not (await passwords.verify(None, PASSWORD)).right
    assert extract_parameters(hasher.verified[0]) == extract_parameters(hasher.hash(PASSWORD))
    passwords.close()


async def test_a_hash_of_other_parameters_is_outdated(passwords: Passwords) -> None:
    stored = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert await passwords.verify(stored, PASSWORD) == Verdict(True, outdated=True)


async def test_a_damaged_hash_is_wrong_and_breaks_nothing(passwords: Passwords) -> None:
    assert await passwords.verify("$argon2id$nonsense", PASSWORD) == Verdict(False)


async def test_characters_that_look_the_same_are_the_same(passwords: Passwords) -> None:
    stored = await passwords.hash("caf\u00e9 au lait")
    assert (await passwords.verify(stored, "cafe\u0301 au lait")).right


async def test_text_that_is_not_unicode_is_a_wrong_password(passwords: Passwords) -> None:
    assert await passwords.verify(await passwords.hash(PASSWORD), "\ud800" * 12) == Verdict(False)


async def test_two_are_hashed_at_once_and_waiting_is_bounded() -> None:
    hasher = RecordingHasher()
    passwords = Passwords(hasher, waiting=4)
    hasher.go.clear()
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(passwords.verify(None, PASSWORD))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await passwords.verify(None, PASSWORD)
        hasher.go.set()
    assert hasher.most <= 2
    assert len(hasher.verified) == 4
    await passwords.verify(None, PASSWORD)
    passwords.close()


@pytest.mark.parametrize("length", [9, 201])
def test_a_password_has_10_to_200_characters(length: int) -> None:
    check_password("x" * 10)
    check_password("x" * 200)
    with pytest.raises(ValueError, match="10 to 200"):
        check_password("x" * length)
