"""Health, metrics, logs, the API's description."""

import asyncio
import re
from pathlib import Path

from aiohttp import ClientSession

from lea.app import Adapters
from lea.handlers.keys import HEALTH
from lea.llm.local import LocalEngine
from lea.sentences import SENTENCES
from lea.sources.facts import CompanyFacts
from lea.sources.sql import SqlSource
from lea.store.migrate import upgrade
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer, Refusal
from tests.test_store import opened

SECRET = "un secret que personne ne doit lire"


async def test_health_names_every_dependency(lea: Lea) -> None:
    async with ClientSession() as session, session.get(lea.url + "/health") as response:
        body = await response.json()
    assert response.status == 200
    assert body["status"] == "ok"
    assert body["storage_backend"] == "memory"
    assert set(body["dependencies"]) == {"database", "llm"}
    assert all(entry["status"] == "ok" for entry in body["dependencies"].values())


async def test_a_model_that_is_down_is_degraded_not_down(tmp_path, model: ModelServer) -> None:
    model.models = Refusal(503)
    async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
        for path, status, said in [
            ("/health", 200, "degraded"),
            ("/health/ready", 200, "ok"),
            ("/health/live", 200, "ok"),
        ]:
            async with lea.session.get(lea.url + path) as response:
                assert (response.status, (await response.json())["status"]) == (status, said)


async def test_health_is_asked_once_for_many(lea: Lea, model: ModelServer) -> None:
    async def ask() -> int:
        async with lea.session.get(lea.url + "/health") as response:
            return response.status

    assert await asyncio.gather(*(ask() for _ in range(20))) == [200] * 20
    assert model.pings == 1


async def test_a_process_that_leaves_is_not_ready_and_takes_no_turns(lea: Lea, ada: Person) -> None:
    await lea.drain()
    async with lea.session.get(lea.url + "/health/ready") as response:
        assert response.status == 503
    async with lea.session.get(lea.url + "/health/live") as response:
        assert response.status == 200
    status, problem = await ada.call("POST", "/v1/lea/chat/stream", {"message": "Bonjour"})
    assert (status, problem["code"]) == (503, "shutting_down")


async def test_live_turns_are_told_and_then_interrupted_with_their_text(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(0)
    model.script(Answer("un deux", gate=gate))
    async with ada.reading("Compte", session_id="s1") as reading:
        gate.release()
        await reading.until("delta")
        await lea.drain()
        told = await reading.rest()
    assert told.kinds[-2:] == ["restarting", "done"]
    assert told.done["finish_reason"] == "interrupted"
    assert await lea.sql("SELECT content, finish_reason FROM messages WHERE role = 'assistant'") == [
        ("un ", "interrupted")
    ]


async def test_metrics_count_requests_by_pattern(lea: Lea, ada: Person) -> None:
    await ada.ask("Bonjour", session_id="s1")
    await ada.call("GET", "/v1/lea/threads/s1")
    await ada.call("GET", "/v1/lea/threads/unknown")
    async with lea.session.get(lea.url + "/metrics") as response:
        text = await response.text()
    assert response.headers["Content-Type"].startswith("text/plain")
    assert re.search(r'http_requests_total\{method="GET",route="/v1/lea/threads/\{id\}",status="200"\} [1-9]', text)
    assert re.search(r'http_requests_total\{method="GET",route="/v1/lea/threads/\{id\}",status="404"\} [1-9]', text)
    assert 'http_request_duration_seconds_bucket{le="0.1",method="POST",route="/v1/lea/chat/stream"}' in text
    for name in (
        "lea_lock_wait_seconds_bucket",
        "lea_lock_held_seconds_bucket",
        "lea_load_seconds_bucket",
        "lea_first_token_seconds_bucket",
        "lea_first_byte_seconds_bucket",
        "lea_turns_total",
        "lea_tokens_total",
        "lea_sessions ",
        "process_resident_memory_bytes",
    ):
        assert name in text
    assert ada.identity.user_id not in text


async def test_one_wide_line_a_request_and_one_a_turn_without_words_or_secrets(
    lea: Lea, ada: Person, model: ModelServer, logged
) -> None:
    model.script(Answer(SECRET), Answer(SECRET, fault="cut", fault_at=1), Refusal(401))
    for number in range(3):
        await ada.ask(SECRET, session_id=SECRET.replace(" ", "-"), request_id=f"r{number}")
    turns, requests = logged.named("turn.ended"), logged.named("request.ended")
    assert len(turns) == len(requests) == 3
    assert {"turn_id", "user_id", "company_id", "finish_reason", "usage", "timings_ms"} <= turns[0].keys()
    assert {"request_id", "method", "route", "status", "duration_ms"} <= requests[0].keys()
    assert "personne" not in str([{**line, "thread_id": ""} for line in logged])
    assert ada.headers["Authorization"].removeprefix("Bearer ") not in str(logged)


async def test_a_mistake_of_ours_is_told_in_a_sentence_and_logged_whole(lea: Lea, ada: Person, logged) -> None:
    await lea.store.write(lambda connection: connection.exec_driver_sql("ALTER TABLE threads RENAME TO gone"))
    status, problem = await ada.call("GET", "/v1/lea/threads")
    assert (status, problem["code"]) == (500, "internal_error")
    assert "sql" not in str(problem).lower()
    told = await ada.ask(SECRET)
    assert told.done["finish_reason"] == "error"
    assert SECRET not in str(logged)


async def test_a_body_that_lies_about_its_encoding_is_refused(lea: Lea, ada: Person) -> None:
    async with lea.session.post(
        lea.url + "/v1/lea/chat",
        data=b"not gzip",
        headers={**ada.headers, "Content-Encoding": "gzip", "Content-Type": "application/json"},
    ) as response:
        assert (response.status, (await response.json(content_type=None))["code"]) == (400, "invalid_request")


async def test_head_is_answered_where_get_is(lea: Lea) -> None:
    async with lea.session.head(lea.url + "/health/live") as response:
        assert response.status == 200


async def test_the_server_speaks_its_language_where_nobody_says(tmp_path) -> None:
    async with running(settings(tmp_path, server={"language": "en"})) as lea:
        response = await lea.session.get(lea.url + "/v1/auth/me")
        assert (await response.json(content_type=None))["detail"] == "Sign in to continue."


async def test_openapi_describes_every_route(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/openapi.json") as response:
        document = await response.json()
    assert document["openapi"].startswith("3.1")
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in lea.app.router.routes()
        if route.resource is not None and route.resource.canonical.startswith(("/v1", "/health", "/metrics"))
    } - {("head", path) for path in document["paths"]}
    described = {(method, path) for path, operations in document["paths"].items() for method in operations}
    assert served == described
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', str(document).replace("'", '"')))
    assert references <= document["components"]["schemas"].keys()


async def test_the_page_runs_nothing_but_its_own_files(lea: Lea) -> None:
    async with lea.session.get(lea.url + "/") as response:
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert re.search(r"script-src 'self' 'sha256-[A-Za-z0-9+/=]{44}'", policy)
    etag = response.headers["ETag"]
    async with lea.session.get(lea.url + "/", headers={"If-None-Match": etag}) as again:
        assert again.status == 304
    for path in ("/static/../config.toml", "/static/%2e%2e/config.toml", "/static/nothing.js"):
        async with lea.session.get(lea.url + path) as response:
            assert response.status == 404


async def test_every_code_has_its_sentences() -> None:
    for code, sentences in SENTENCES.items():
        assert set(sentences) == {"fr", "en"}, code
        assert all(text.strip() for text in sentences.values())


class Pinged(LocalEngine):
    """A model that is looked at when its connections are closed: is it still being asked?"""

    def __init__(self, facts: CompanyFacts) -> None:
        super().__init__(facts)
        self.asking, self.asked, self.closed = False, asyncio.Event(), False

    async def ping(self) -> None:
        self.asking = True
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.asking = False

    async def aclose(self) -> None:
        assert not self.asking
        self.closed = True


async def test_nobody_is_asked_any_more_when_connections_are_closed(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/other.db") as other:
        await other.prepare(upgrade)
        engine = Pinged(CompanyFacts(SqlSource(other), other))
        async with running(settings(tmp_path), Adapters(provider=lambda _: engine)) as lea:
            looking = asyncio.create_task(lea.app[HEALTH].found())
            async with asyncio.timeout(30):
                await engine.asked.wait()
    assert engine.closed
    await asyncio.wait([looking])
