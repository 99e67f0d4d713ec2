"""Where addresses are: looked up behind everybody's back, from a real server that is slow, down, or talks nonsense."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from lea.clock import SystemClock
from lea.config import DependencySettings
from lea.errors import CircuitOpen, ExternalRejected, ExternalTimeout, ExternalUnavailable, LeaError, NetworkError
from lea.handlers.keys import DEPENDENCIES
from lea.records.geocoder import Garbled, Geocoder
from lea.records.geocoding import Geocoding
from lea.resilience.dependency import Dependency
from tests.conftest import Logged
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import ModelServer

ROOT = "/v1/transactions"
CALM: dict[str, Any] = {"pace_per_minute": 0, "breaker_minimum": 1000, "retries": 0, "read_timeout": 60}
ADDRESS = "12 rue de l'Église & Co, 44000 Nantes"


def feature(longitude: Any, latitude: Any) -> dict[str, Any]:
    return {"features": [{"geometry": {"type": "Point", "coordinates": [longitude, latitude]}}]}


FOUND = feature(-1.55, 47.21)


class Service:
    """A GeoJSON service that answers as it is told: a status, a body, and a gate before both."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.body: object = FOUND
        self.of: dict[str, object] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked: list[str] = []
        self._heard = asyncio.Condition()

    async def answer(self, request: web.Request) -> web.Response:
        address = request.query["q"]
        async with self._heard:
            self.asked.append(address)
            self._heard.notify_all()
        await self.gate.wait()
        body = self.of.get(address, self.body)
        return web.Response(status=self.status, body=body if isinstance(body, bytes) else orjson.dumps(body))

    async def heard(self, times: int) -> None:
        """Until it was asked so often."""
        async with asyncio.timeout(30), self._heard:
            await self._heard.wait_for(lambda: len(self.asked) >= times)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_get("/search", service.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    service.url = "http://{}:{}/search?limit=1&q={{address}}".format(*runner.addresses[0][:2])
    yield service
    service.gate.set()
    await runner.cleanup()


@asynccontextmanager
async def serving(
    folder: Path, service: Service, model: ModelServer, **changes: object
) -> AsyncIterator[tuple[Lea, Person]]:
    config = settings(
        folder,
        llm={"base_url": model.url},
        geocoding={"url": service.url},
        dependencies={"geocoder": CALM | changes},
    )
    async with running(config) as lea:
        yield lea, await lea.person()


async def opened(person: Person, address: str = ADDRESS) -> dict[str, Any]:
    status, file = await person.call("POST", ROOT, {"kind": "sale", "address": address})
    assert status == 201
    return dict(file)


async def until(person: Person, file: dict[str, Any], state: str) -> dict[str, Any]:
    """The file, once its geocoding is in that state."""
    async with asyncio.timeout(30):
        while True:
            read = (await person.call("GET", f"{ROOT}/{file['id']}"))[1]
            if read["geocoding"] == state:
                return dict(read)


async def test_a_file_is_saved_first_and_completed_later(tmp_path: Path, service: Service, model: ModelServer) -> None:
    service.gate.clear()
    async with serving(tmp_path, service, model) as (_, ada):
        file = await opened(ada)
        assert (file["geocoding"], file["coordinates"]) == ("waiting", None)
        await service.heard(1)
        assert (await ada.call("PATCH", f"{ROOT}/T-101", {"stage": "offer"}))[1]["version"] == 2
        service.gate.set()
        file = await until(ada, file, "found")
    assert file["coordinates"] == {"latitude": 47.21, "longitude": -1.55}
    assert (file["version"], file["stage"]) == (2, "offer")
    assert service.asked[0] == ADDRESS


async def test_tabs_are_told_of_the_place(tmp_path: Path, service: Service, model: ModelServer) -> None:
    async with serving(tmp_path, service, model) as (lea, ada):
        async with await ada.request("GET", "/v1/lea/events") as response:
            file = await opened(ada)
            told = b""
            while told.count(b'"transaction"') < 2:
                told += await response.content.readline()
        assert told.count(file["id"].encode()) == 2
        assert (await ada.call("GET", f"{ROOT}/T-101"))[1]["geocoding"] == "found"


async def test_an_address_nobody_knows_is_not_asked_for_again(
    tmp_path: Path, service: Service, model: ModelServer
) -> None:
    service.of = {"Nulle part": {"features": []}}
    async with serving(tmp_path, service, model) as (_, ada):
        unknown = await until(ada, await opened(ada, "Nulle part"), "unknown")
        assert unknown["coordinates"] is None
        await until(ada, await opened(ada), "found")
        assert service.asked == ["Nulle part", ADDRESS]
        await ada.call("PATCH", f"{ROOT}/T-101", {"address": "Quelque part"})
        assert (await until(ada, unknown, "found"))["address"] == "Quelque part"


async def test_an_address_that_changed_meanwhile_keeps_no_old_place(
    tmp_path: Path, service: Service, model: ModelServer
) -> None:
    service.gate.clear()
    service.of = {"Ailleurs": feature(2.35, 48.85)}
    async with serving(tmp_path, service, model) as (_, ada):
        file = await opened(ada)
        await service.heard(1)
        await ada.call("PATCH", f"{ROOT}/T-101", {"address": "Ailleurs"})
        service.gate.set()
        file = await until(ada, file, "found")
    assert file["coordinates"] == {"latitude": 48.85, "longitude": 2.35}


async def test_down_then_back_completes_later(
    tmp_path: Path, service: Service, model: ModelServer, logged: Logged
) -> None:
    service.status = 500
    async with serving(tmp_path, service, model) as (lea, ada):
        file = await opened(ada)
        await service.heard(1)
        assert (await ada.call("GET", f"{ROOT}/T-101"))[1]["geocoding"] == "waiting"
        service.status = 200
        second = await opened(ada, "3 rue du Port")  # which is what wakes it; else it is the time
        await until(ada, second, "found")
        await until(ada, file, "found")
    assert logged.named("geocoding.postponed")[0]["reason"] == "external_api_unavailable"
    assert logged.named("task.crashed") == []


async def test_what_was_down_is_asked_again_after_a_while_by_itself(
    tmp_path: Path, service: Service, model: ModelServer
) -> None:
    service.status = 503
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        ada = await lea.person()
        file = await opened(ada)
        await lea.store.write(lambda c: c.exec_driver_sql("UPDATE transactions SET geocoding = 'waiting'").close())
        async with geocoder(service) as asking:
            placed = asyncio.Queue[tuple[str, ...]]()
            geocoding = Geocoding(lea.store, asking, lambda *told: placed.put_nowait(told), every_s=0.01)
            work = asyncio.ensure_future(geocoding.keep_completing())
            await service.heard(3)
            service.status = 200
            async with asyncio.timeout(30):
                assert (await placed.get())[1:] == (file["id"], "T-101")
            work.cancel()
            await asyncio.wait([work])
        assert (await ada.call("GET", f"{ROOT}/T-101"))[1]["geocoding"] == "found"


async def test_an_address_the_service_cannot_answer_holds_up_no_other(
    tmp_path: Path, service: Service, model: ModelServer, logged: Logged
) -> None:
    service.of = {"Bizarre": b"<html>"}
    async with serving(tmp_path, service, model) as (_, ada):
        strange = await opened(ada, "Bizarre")
        for number in range(3):
            await until(ada, await opened(ada, f"{number} rue du Port"), "found")
        assert (await ada.call("GET", f"{ROOT}/{strange['id']}"))[1]["geocoding"] == "waiting"
        del service.of["Bizarre"]
        await opened(ada)
        await until(ada, strange, "found")
    assert logged.named("geocoding.garbled")[0]["transaction_id"] == strange["id"]


async def test_a_slow_address_holds_up_no_other(tmp_path: Path, service: Service, model: ModelServer) -> None:
    async with serving(tmp_path, service, model) as (lea, ada):
        way = lea.app[DEPENDENCIES].find("geocoder")
        assert way is not None
        patient, way.settings = way.settings, way.settings.model_copy(update={"read_timeout": 0.2})
        service.gate.clear()
        slow = await opened(ada, "Lent")
        await service.heard(1)
        other = await opened(ada)
        await service.heard(2)
        way.settings = patient
        service.gate.set()
        await opened(ada, "Encore")
        for file in (slow, other):
            await until(ada, file, "found")


async def test_without_a_service_nothing_is_looked_up(lea: Lea, ada: Person) -> None:
    file = await opened(ada)
    assert (file["geocoding"], file["coordinates"]) == ("off", None)
    assert (await ada.call("PATCH", f"{ROOT}/T-101", {"address": "Ailleurs"}))[1]["geocoding"] == "off"


@asynccontextmanager
async def geocoder(service: Service, **changes: Any) -> AsyncIterator[Geocoder]:
    async with AsyncExitStack() as stack:
        dependency = Dependency("geocoder", DependencySettings(**CALM | changes), SystemClock())
        made = Geocoder(service.url, dependency)
        stack.push_async_callback(made.aclose)
        yield made


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff",
        [],
        {},
        {"features": None},
        {"features": [None]},
        {"features": [{"geometry": None}]},
        {"features": [{"geometry": {"coordinates": [1.0]}}]},
        {"features": {"0": 1}},
        feature("1", "2"),
        feature(True, False),
        feature(None, 1),
        feature(2.35, 91),
        feature(181, 48.85),
        b'{"features":[{"geometry":{"coordinates":[1e999,1]}}]}',
        b'{"features":[' + b'{"x":1},' * 50_000,
    ],
)
async def test_nonsense_is_no_place(service: Service, body: object) -> None:
    service.body = body
    async with geocoder(service) as asking:
        with pytest.raises(Garbled):
            await asking.find(ADDRESS)


@pytest.mark.parametrize("status", [400, 404, 414, 422])
async def test_an_address_the_service_does_not_want_is_unknown(service: Service, status: int) -> None:
    service.status = status
    async with geocoder(service) as asking:
        assert await asking.find("x") is None


@pytest.mark.parametrize(
    ("status", "error"),
    [(302, ExternalUnavailable), (403, ExternalRejected), (429, ExternalRejected), (500, ExternalUnavailable)],
)
async def test_refusals_and_failures_are_told_apart(service: Service, status: int, error: type[LeaError]) -> None:
    service.status = status
    async with geocoder(service) as asking:
        with pytest.raises(error):
            await asking.find(ADDRESS)


async def test_silence_is_bounded_and_an_absent_service_is_said(service: Service) -> None:
    service.gate.clear()
    async with geocoder(service, read_timeout=0.05) as asking:
        with pytest.raises((ExternalTimeout, NetworkError)):
            await asking.find(ADDRESS)
    service.url = "http://127.0.0.1:1/{address}"
    async with geocoder(service, breaker_minimum=2) as asking:
        for _ in range(2):
            with pytest.raises(NetworkError):
                await asking.find(ADDRESS)
        with pytest.raises(CircuitOpen):
            await asking.find(ADDRESS)
