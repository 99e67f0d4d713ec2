"""Whose word about the client counts: a named proxy's, and nobody else's."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from lea.config import Server
from lea.handlers.identity import COOKIE
from lea.handlers.keys import AUTH
from lea.handlers.proxies import Client, Proxies
from tests.conftest import Logged
from tests.lea_server import Lea, running, settings

PROXY = {"trusted_proxies": ["127.0.0.0/8"]}


class Asked:
    """A request as `Proxies` looks at it."""

    def __init__(self, remote: str | None, *lines: str, proto: str = "") -> None:
        self.remote = remote
        self.secure = False
        self.headers = Lines({"X-Forwarded-For": lines, "X-Forwarded-Proto": (proto,) if proto else ()})


class Lines(dict[str, tuple[str, ...]]):
    def getall(self, name: str, default: tuple[str, ...]) -> tuple[str, ...]:
        return self.get(name, default)


def found(asked: Any, *trusted: str, public_url: str = "") -> Client:
    return Proxies(Server(trusted_proxies=trusted, public_url=public_url)).find(asked)


@pytest.mark.parametrize(
    ("remote", "lines", "address"),
    [
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),
        ("10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1, 198.51.100.1, 10.0.0.2",), "198.51.100.1"),
        ("10.0.0.1", ("1.1.1.1", "198.51.100.1", "10.0.0.2"), "198.51.100.1"),
        ("10.0.0.1", ("10.0.0.3, 10.0.0.2",), "10.0.0.3"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, nonsense",), "10.0.0.1"),
        ("10.0.0.1", ("198.51.100.1, unknown, 10.0.0.2",), "10.0.0.2"),
        ("10.0.0.1", ("198.51.100.1:4711",), "198.51.100.1"),
        ("10.0.0.1", ("[2001:db8::7]:4711",), "2001:db8::7"),
        ("10.0.0.1", ("2001:db8::7",), "2001:db8::7"),
        ("::ffff:10.0.0.1", ("198.51.100.1",), "198.51.100.1"),
        ("fd00::1", ("198.51.100.1",), "198.51.100.1"),
        ("10.0.0.1", (", ".join(["10.0.0.2"] * 2000),), "10.0.0.2"),
        (None, ("198.51.100.1",), None),
    ],
)
def test_the_client_is_the_rightmost_hop_that_is_no_proxy_of_ours(
    remote: str | None, lines: tuple[str, ...], address: str | None
) -> None:
    assert found(Asked(remote, *lines), "10.0.0.0/8", "fd00::/8").address == address


def test_nobody_is_believed_unless_named() -> None:
    asked = Asked("127.0.0.1", "198.51.100.1", proto="https")
    assert found(asked) == Client("127.0.0.1", https=False)


@pytest.mark.parametrize(("proto", "https"), [("https", True), ("HTTPS", True), ("http", False), ("http, https", True)])
def test_a_proxy_tells_whether_it_was_https(proto: str, https: bool) -> None:
    assert found(Asked("10.0.0.1", proto=proto), "10.0.0.1").https is https
    assert found(Asked("10.0.0.2", proto=proto), "10.0.0.1").https is False


def test_a_public_address_of_https_is_https_whoever_asks() -> None:
    assert found(Asked("203.0.113.9"), public_url="https://lea.example.org").https


async def sign_in(lea: Lea, number: int, address: str) -> int:
    async with lea.session.post(
        f"{lea.url}/v1/auth/login",
        json={"email": f"u{number}@example.org", "password": "wrong password"},
        headers={"X-Forwarded-For": address},
    ) as response:
        return response.status


async def test_attempts_to_sign_in_are_counted_for_the_client_behind_the_proxy(tmp_path: Path, logged: Logged) -> None:
    async with running(settings(tmp_path, server=PROXY, limits={"login_per_address": 2})) as lea:
        assert [await sign_in(lea, n, "198.51.100.1") for n in range(3)] == [401, 401, 429]
        assert await sign_in(lea, 4, "198.51.100.2") == 401
    assert {line["remote"] for line in logged.named("request.ended")} == {"198.51.100.1", "198.51.100.2"}
    assert {line["address"] for line in logged.named("audit")} == {"198.51.100.1", "198.51.100.2"}


async def test_a_stranger_cannot_change_addresses_to_go_on_trying(tmp_path: Path, logged: Logged) -> None:
    async with running(settings(tmp_path, limits={"login_per_address": 2})) as lea:
        assert [await sign_in(lea, n, f"198.51.100.{n}") for n in range(3)] == [401, 401, 429]
    assert {line["remote"] for line in logged.named("request.ended")} == {"127.0.0.1"}


async def setup_over(lea: Lea, **headers: str) -> tuple[bool, bool]:
    """Whether the first account's cookie is Secure, and whether the answer asks for HTTPS from now on."""
    body = {
        "token": await lea.app[AUTH].enrolment.setup_link(),
        "email": "ada@example.org",
        "password": "correct horse battery",
        "name": "Ada",
        "company": "Engines",
        "cookie": True,
    }
    async with ClientSession() as session, session.post(f"{lea.url}/v1/auth/setup", json=body, headers=headers) as made:
        assert made.status == 201, await made.text()
        return bool(made.cookies[COOKIE]["secure"]), "Strict-Transport-Security" in made.headers


@pytest.mark.parametrize(
    ("server", "headers", "secure"),
    [
        (PROXY, {"X-Forwarded-Proto": "https"}, True),
        (PROXY, {"X-Forwarded-Proto": "http"}, False),
        ({}, {"X-Forwarded-Proto": "https"}, False),
        ({"public_url": "https://lea.example.org"}, {}, True),
    ],
)
async def test_behind_tls_the_cookie_is_secure_and_browsers_are_told_to_stay(
    tmp_path: Path, server: dict[str, object], headers: dict[str, str], secure: bool
) -> None:
    async with running(settings(tmp_path, server=server)) as lea:
        assert await setup_over(lea, **headers) == (secure, secure)
