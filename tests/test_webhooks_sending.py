"""What a receiver, or whoever pretends to be one, can do to a webhook: refuse, hang, lead inside, answer too much."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lea.app import Adapters
from lea.clock import SystemClock
from lea.errors import BadRequest
from lea.hooks.addresses import checked, public
from lea.hooks.schedule import DELAYS_S, FAILING_FOR_S, next_at, retry_after
from lea.hooks.sending import Sender
from lea.hooks.worker import KEPT_FOR_S
from lea.ids import CompanyId
from lea.store.hooks_log import KEPT
from lea.store.hooks_outbox import Sending
from tests.conftest import Logged
from tests.fakes import ManualClock
from tests.hook_parts import WEBHOOKS, asked, came, deliveries, later, made, opened, settled, tried, until
from tests.hook_server import HookServer, Reply
from tests.lea_server import Lea, Person, running, settings

KEY = b"k" * 32


@pytest.fixture
async def hooked() -> AsyncIterator[HookServer]:
    async with HookServer().running() as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def lea(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Lea]:
    config = settings(tmp_path, webhooks={"allow_private": True})
    async with running(config, Adapters(clock=clock)) as server:
        yield server


@pytest.fixture
async def ada(lea: Lea) -> Person:
    return await lea.person(role="admin")


def to(url: str) -> Sending:
    return Sending("wd_1", "wh_1", CompanyId("c_1"), "evt_1", "ping", '{"n":1}', 0, 0, url, 1, None)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%lo",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::",
    ],
)
def test_no_address_of_within_is_public(address: str) -> None:
    assert not public(address)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadRequest):
        checked(f"https://{host}/hook", private=False)


def test_addresses_of_the_internet_are_public() -> None:
    for address in ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"):
        assert public(address), address
    assert checked("https://hooks.example.org/a?b=c", private=False) == "https://hooks.example.org/a?b=c"
    for url in ("http://hooks.example.org", "https://localhost/a", "https://LOCALHOST./a", "https://a.localhost"):
        with pytest.raises(BadRequest):
            checked(url, private=False)


async def test_nobody_inside_is_connected_to_whatever_the_address_or_the_name_says(hooked: HookServer) -> None:
    port = hooked.url.rpartition(":")[2]
    sender = Sender(KEY, SystemClock(), private=False)
    hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433", "0x7f.1", "127.1"]
    try:
        for host in hosts:
            sent = await sender.send(to(f"http://{host}:{port}/hook"))
            assert (sent.attempt.status, sent.delivered) == (None, False), host
            assert sent.attempt.reason == "address", host
    finally:
        await sender.aclose()
    assert hooked.calls == 0


async def test_each_way_to_fail_has_its_name_and_a_redirect_is_not_followed(hooked: HookServer) -> None:
    sender = Sender(KEY, SystemClock(), private=True, timeout_s=60)
    impatient = Sender(KEY, SystemClock(), private=True, timeout_s=0.5)
    url = hooked.url + "/hook"
    try:
        hooked.replies["/hook"] = [
            Reply(302, {"Location": hooked.url + "/inside"}),
            Reply(503, {"Retry-After": "120"}, b"<html>\x00busy"),
            Reply(200, {}, b"x" * 1_000_000),
        ]
        moved = await sender.send(to(url))
        assert (moved.attempt.status, moved.delivered) == (302, False)
        assert hooked.at("/inside") == []
        busy = await sender.send(to(url))
        assert (busy.attempt.status, busy.retry_after_s, busy.attempt.answer) == (503, 120.0, "<html>\ufffdbusy")
        long = await sender.send(to(url))
        assert (long.delivered, len(long.attempt.answer)) == (True, 1024)
        hooked.fault = "drop"
        assert (await sender.send(to(url))).attempt.reason == "broken"
        hooked.fault = "hang"
        assert (await impatient.send(to(url))).attempt.reason == "timeout"
        assert (await sender.send(to("http://127.0.0.1:9/"))).attempt.reason == "unreachable"
        assert (await sender.send(to("https://nowhere.invalid/"))).attempt.reason == "dns"
        assert (await sender.send(to(url.replace("http://", "https://")))).attempt.reason == "tls"
    finally:
        await sender.aclose()
        await impatient.aclose()


def test_the_schedule_is_three_days_long_and_heeds_who_asks_to_be_left_alone() -> None:
    waits = [next_at(tries, 0, None, lambda low, high: low) for tries in range(1, 11)]
    assert waits == [*DELAYS_S, None]
    assert sum(DELAYS_S) == 75 * 3600 + 35 * 60 + 5
    assert next_at(1, 0, None, lambda low, high: high) == 5.5
    assert next_at(1, 100, 60, lambda low, high: low) == 160
    assert next_at(3, 0, 60, lambda low, high: low) == 1800
    assert next_at(1, 0, 1e9, lambda low, high: low) == 86_400
    assert retry_after("120", 0) == 120
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 1445412420) == 60
    assert [retry_after(one, 0) for one in (None, "soon", "-1", "")] == [None, None, None, None]


async def test_what_is_refused_is_sent_again_by_the_schedule_then_failed_and_replayed_under_its_id(
    lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock, logged: Logged
) -> None:
    hook, secret = await made(ada, hooked.url + "/hook")
    hooked.always["/hook"] = Reply(500, {}, b"broken")
    await opened(ada)
    for n, delay in enumerate([*DELAYS_S, None], 1):
        one = await tried(lea, ada, hook, n)
        assert one["attempts"] == n
        if delay is not None:
            assert one["state"] == "waiting"
            later(lea, clock, delay * 0.99)
            await ada.call("GET", WEBHOOKS)
            assert len(hooked.received) == n, "not before its time"
            later(lea, clock, delay * 0.11 + 1)
    assert (one["state"], one["due_at"]) == ("failed", None)
    assert [(t["status"], t["answer"]) for t in one["tried"]] == [(500, "broken")] * 10
    assert len({received.id for received in hooked.received}) == 1
    assert hooked.received[-1].signed_by(secret, clock.now()), "signed for the moment it is sent at"

    async def told() -> bool:  # a moment after it is noted
        return len(logged.named("webhook.tried")) == 10

    assert await until(told)
    assert logged.named("webhook.tried")[-1]["state"] == "failed"
    path = f"{WEBHOOKS}/{hook['id']}"
    assert (await asked(ada, 200, "GET", path))["enabled"] is True
    hooked.always.clear()
    replayed = await asked(ada, 202, "POST", f"{path}/deliveries/{one['id']}/replay")
    assert (replayed["state"], replayed["event_id"]) == ("waiting", one["event_id"])
    one = await tried(lea, ada, hook, 11)
    assert (one["state"], one["tried"][-1]["status"]) == ("delivered", 204)
    assert (await asked(ada, 200, "GET", path))["failing_since"] is None
    for n in range(12, 12 + KEPT):
        await asked(ada, 202, "POST", f"{path}/deliveries/{one['id']}/replay")
        one = await tried(lea, ada, hook, n)
    assert len(one["tried"]) == KEPT
    assert (await ada.call("POST", f"{path}/deliveries/wd_none/replay"))[0] == 404
    assert (await ada.call("POST", f"{path}/replay?since=yesterday"))[0] == 400


async def test_who_takes_nothing_for_five_days_is_switched_off(
    lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock, logged: Logged
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook")
    hooked.always["/hook"] = Reply(500)
    await opened(ada)
    await tried(lea, ada, hook, 1)
    clock.advance(FAILING_FOR_S - 100)
    await opened(ada)

    async def since() -> bool:
        return len(hooked.received) >= 3

    assert await until(since)
    await settled(lea)
    path = f"{WEBHOOKS}/{hook['id']}"
    found = await asked(ada, 200, "GET", path)
    assert found["enabled"] is True
    assert found["failing_since"] is not None
    later(lea, clock, 200)

    async def off() -> bool:
        return not (await asked(ada, 200, "GET", path))["enabled"]

    assert await until(off)
    assert (await asked(ada, 200, "GET", path))["disabled_why"] == "failing"

    async def told() -> bool:  # a moment after it is noted
        return logged.named("webhook.switched_off") != []

    assert await until(told)
    assert len(logged.named("webhook.switched_off")) == 1
    before = len(await deliveries(ada, hook))
    await opened(ada)
    assert len(await deliveries(ada, hook)) == before, "nothing is kept for one that is off"


async def test_what_is_old_is_forgotten_a_ping_is_tried_once_and_busy_pings_are_one(
    lea: Lea, ada: Person, hooked: HookServer, clock: ManualClock
) -> None:
    hook, _ = await made(ada, hooked.url + "/hook")
    hooked.replies["/hook"] = [Reply(404)]
    path = f"{WEBHOOKS}/{hook['id']}"
    first = await asked(ada, 202, "POST", f"{path}/test")
    assert (await tried(lea, ada, hook, 1))["state"] == "failed"
    assert (await asked(ada, 200, "GET", path))["failing_since"] is None
    assert (await asked(ada, 202, "POST", f"{path}/replay"))["replayed"] == 0, "a ping is no news to be told again"
    change = "UPDATE webhook_deliveries SET state = 'waiting', due_at = ?"
    await lea.store.write(lambda connection: connection.exec_driver_sql(change, (clock.now() + 1000,)).close())
    assert (await asked(ada, 202, "POST", f"{path}/test"))["id"] == first["id"]
    later(lea, clock, KEPT_FOR_S + 1)

    async def forgotten() -> bool:
        return await deliveries(ada, hook) == []

    assert await until(forgotten)
    assert await lea.sql("SELECT number FROM webhook_attempts") == []
    await opened(ada)
    assert (await came(hooked, 2))[-1].payload["type"] in {"transaction.changed", "ping"}
