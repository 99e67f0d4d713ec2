"""A Redis that is killed, hangs, forgets or is cut off: local readers notice nothing, the others lose no word."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import pairwise

import pytest
from redis.asyncio import Redis

from lea.events.answer import Stage
from lea.resilience.redis import REQUEST_S, RedisGone, RedisLink
from tests import bus_parts
from tests.bus_parts import WAIT_S, Answer, Process, at, following, text_of, until
from tests.conftest import Logged
from tests.fault_proxy import FaultProxy
from tests.redis_server import PatientLink, RedisServer, own_redis
from tests.test_bus import numbers

running = partial(bus_parts.running, link=PatientLink)
"""What is not done to the way to Redis does not happen: only where it hangs is it given up as soon as it always is."""
impatient = bus_parts.running


class PatientLater(PatientLink):
    """To a Redis that is not there yet."""

    async def start(self) -> None:
        await RedisLink.start(self)


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with own_redis() as server:
        yield server


@pytest.fixture
async def proxy(redis: RedisServer) -> AsyncIterator[FaultProxy]:
    async with FaultProxy(redis.port) as proxy:
        yield proxy


@pytest.fixture
async def owner(redis: RedisServer) -> AsyncIterator[Process]:
    async with running(redis.url) as process:
        yield process


@pytest.fixture
async def other(redis: RedisServer) -> AsyncIterator[Process]:
    async with running(redis.url) as process:
        yield process


async def test_without_redis_a_process_goes_on_alone_and_shares_what_lives_when_it_is_there(
    redis: RedisServer,
) -> None:
    redis.kill()
    later = partial(bus_parts.running, redis.url, PatientLater)
    async with later() as owner, later() as other:
        returned = asyncio.Event()
        owner.bus.on_return(returned.set)
        answer, short = Answer(owner), Answer(owner, "short")
        for one in (answer, short):
            one.say("un")
        short.topic.end()
        owner.bus.send("stop", {})
        assert await other.bus.elsewhere("t") is None
        assert text_of(answer.local.data) == "un"
        await until(lambda: owner.bus.shared == 1)
        redis.start()
        async with asyncio.timeout(WAIT_S):
            await returned.wait()
        listener = await following(other)
        answer.say("deux")
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.text == "undeux"


async def test_a_redis_that_is_killed_and_starts_empty_costs_nobody_a_word(redis: RedisServer, logged: Logged) -> None:
    async with running(redis.url) as owner, running(redis.url) as other:
        returned = asyncio.Event()
        other.bus.on_return(returned.set)
        answer = Answer(owner)
        answer.say("un ", "deux ")
        listener = await following(other)
        redis.kill()
        answer.say("trois ")
        assert text_of(answer.local.data) == answer.text
        await until(lambda: not (owner.link.available or other.link.available))
        assert not returned.is_set()
        answer.say("quatre ")
        redis.start()
        await listener.until(lambda: listener.text == answer.text)
        async with asyncio.timeout(WAIT_S):
            await returned.wait()
        answer.say("cinq")
        answer.topic.publish(Stage("restarting"))
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.text == answer.text
        assert b"restarting" in listener.data
        assert not answer.local.data.count(b"snapshot")
        heard: list[object] = []
        other.bus.hear("stop", heard.append)
        owner.bus.send("stop", {"n": 1})
        await until(lambda: heard == [{"n": 1}])
        assert not logged.named("task.crashed")


async def test_a_redis_that_hangs_holds_nobody_up_and_is_used_again(
    redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with impatient(redis.url) as owner, impatient(redis.url) as other:
        answer = Answer(owner)
        answer.say("un ")
        listener = await following(other)
        redis.pause()
        short = Answer(owner, "short")
        short.topic.end()
        answer.say("deux ")
        assert text_of(answer.local.data) == answer.text
        await until(lambda: not (owner.link.available or other.link.available))
        await until(lambda: owner.bus.shared == 1)
        assert await other.bus.elsewhere("other") is None
        answer.say("trois")
        redis.resume()
        monkeypatch.setattr("lea.bus.shipping.FLUSH_WITHIN_S", WAIT_S)
        await listener.until(lambda: listener.text == answer.text)
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.text == answer.text


async def test_what_redis_lost_without_a_word_is_told_again(
    redis: RedisServer, logged: Logged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.resilience.redis.PROBE_S", WAIT_S)
    monkeypatch.setattr("lea.resilience.redis.PROBE_PAUSE_S", 10 * WAIT_S)  # a probe would find that it was emptied
    async with running(redis.url) as owner, running(redis.url) as other:
        answer = Answer(owner)
        answer.say("un ")
        listener = await following(other)
        async with Redis.from_url(redis.url) as client:
            await client.flushall()
            answer.say("deux ")
            await listener.until(lambda: listener.text == answer.text)
            await client.delete("topic:t")
        answer.say("trois")
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.text == answer.text
    assert len(logged.named("bus.refused")) == 2
    assert not logged.named("redis.unavailable")


async def test_connections_that_are_cut_cost_nobody_a_word(proxy: FaultProxy, redis: RedisServer) -> None:
    async with running(at(proxy.port)) as owner, running(at(proxy.port)) as other:
        answer = Answer(owner)
        answer.say("0 ")
        listener = await following(other)
        for number in range(1, 6):
            await proxy.cut()
            answer.say(f"{number} ")
            await listener.until(lambda: listener.text == answer.text)
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.text == "0 1 2 3 4 5 "
        seen = numbers(listener.data)
        assert all(one < two for one, two in pairwise(seen))


@pytest.mark.parametrize("fault", ["refuse", "hang"])
async def test_an_owner_that_is_cut_off_tells_all_when_it_is_back(
    proxy: FaultProxy, redis: RedisServer, other: Process, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with impatient(at(proxy.port)) as owner:
        answer = Answer(owner)
        answer.say("un ")
        listener = await following(other)
        if fault == "refuse":
            await proxy.refuse()
        else:
            proxy.hang()
        answer.say("deux ")
        await until(lambda: not owner.link.available)
        answer.say("trois ")
        await proxy.heal()
        monkeypatch.setattr("lea.bus.shipping.FLUSH_WITHIN_S", WAIT_S)
        await listener.until(lambda: listener.text == answer.text)
        answer.say("quatre")
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.text == answer.text


async def test_a_process_that_was_cut_off_hears_what_it_missed_and_is_told_of_the_return(
    proxy: FaultProxy, owner: Process
) -> None:
    async with running(at(proxy.port)) as other:
        heard: list[object] = []
        other.bus.hear("stop", heard.append)
        other.bus.on_return(lambda: heard.append("returned"))
        answer = Answer(owner)
        answer.say("un ")
        listener = await following(other)
        await proxy.refuse()
        owner.bus.send("stop", {"n": 1})
        answer.say("deux")
        answer.topic.end()
        await until(lambda: not other.link.available and owner.bus.shared == 0)
        await proxy.heal()
        await listener.until(lambda: listener.ended)
        await until(lambda: len(heard) == 2)
        assert heard == ["returned", {"n": 1}]
        assert listener.data == answer.local.data


async def test_a_slow_way_to_redis_makes_text_late_and_nothing_else(proxy: FaultProxy, other: Process) -> None:
    late_s = 0.05
    assert 2 * late_s < REQUEST_S, "there and back, in less time than a command has"
    async with running(at(proxy.port)) as owner:
        proxy.delay(late_s)
        answer = Answer(owner)
        answer.say("un ")
        listener = await following(other)
        for number in range(20):
            answer.say(f"{number} ")
            await asyncio.sleep(0)
        answer.topic.end()
        await listener.until(lambda: listener.ended)
        assert listener.data == answer.local.data
        assert owner.link.available


async def test_closing_waits_only_a_moment_for_a_redis_that_hangs(redis: RedisServer) -> None:
    async with running(redis.url) as process:
        answer = Answer(process)
        redis.pause()
        answer.say("un")
        started = asyncio.get_running_loop().time()
        await process.bus.aclose()
        assert asyncio.get_running_loop().time() - started < WAIT_S / 2
        redis.resume()


async def test_a_flush_that_is_ended_in_the_middle_loses_nothing(
    proxy: FaultProxy, other: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.bus.redis.LAST_FLUSH_S", WAIT_S)
    heard: list[object] = []
    other.bus.hear("bye", heard.append)
    async with running(at(proxy.port)) as leaving:
        answer = Answer(leaving)
        answer.say("un ")
        listener = await following(other)
        before = proxy.passed
        proxy.hang()
        answer.say("deux ")
        leaving.bus.send("bye", {"n": 1})
        await until(lambda: proxy.passed > before)
        await leaving.tasks.aclose()
        await proxy.cut()
        await proxy.heal()
        answer.say("trois")
        answer.topic.end()
    await listener.until(lambda: listener.ended)
    assert listener.text == answer.text
    await until(lambda: heard == [{"n": 1}])


async def test_an_answer_that_is_silent_while_redis_is_restarted_is_found_afterwards(
    redis: RedisServer, owner: Process, other: Process
) -> None:
    answer = Answer(owner)
    answer.say("un")
    (await following(other)).reader.close()
    redis.kill()
    await until(lambda: not (owner.link.available or other.link.available))
    redis.start()
    assert (await following(other)).text == "un"


async def test_a_signal_is_heard_once_after_a_return_the_read_under_way_did_not_notice(
    redis: RedisServer, owner: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lea.bus.reading.BLOCK_S", 10 * WAIT_S)
    heard: list[object] = []
    async with running(redis.url) as other:
        other.bus.hear("n", lambda signal: heard.append(signal["n"]))
        other.bus.on_return(lambda: heard.append("returned"))
        with pytest.raises(RedisGone):
            await other.link.run(lambda client: client.execute_command("NONSENSE"))
        await until(lambda: heard == ["returned"])
        for number in range(20):
            owner.bus.send("n", {"n": number})
            await until(lambda number=number: number in heard)
        assert heard == ["returned", *range(20)]


async def test_signals_are_heard_from_a_redis_whose_clock_is_behind_the_old_ones(
    redis: RedisServer, proxy: FaultProxy, owner: Process
) -> None:
    heard: list[object] = []
    async with running(at(proxy.port)) as other:
        other.bus.hear("n", lambda signal: heard.append(signal["n"]))
        owner.bus.send("n", {"n": 1})
        await until(lambda: heard == [1])
        await proxy.refuse()
        await until(lambda: not other.link.available)
        async with Redis.from_url(redis.url) as client:
            await client.delete("signals")
            await client.xadd("signals", {"k": "n", "b": '{"n":2}', "p": "another"}, id="5-1")
        await proxy.heal()
        await until(lambda: heard == [1, 2])
