"""What a person or a program may send wrong: a clear refusal each, and nothing half written."""

import io
from typing import Any

import pytest

from tests.lea_server import Lea, Person
from tests.model_server import ModelServer

LONGEST = 32_000


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"message": ""}, 400, "message_blank"),
        ({"message": " \n\t "}, 400, "message_blank"),
        ({"message": "é" * 33_000}, 400, "message_too_long"),
        ({"message": 7}, 400, "invalid_request"),
        ({"message": ["Bonjour"]}, 400, "invalid_request"),
        ({"message": "Bonjour", "temperature": 1}, 400, "invalid_request"),
        ({"message": "Bonjour", "session_id": "a/b"}, 400, "invalid_id"),
        ({"message": "Bonjour", "session_id": "é"}, 400, "invalid_id"),
        ({"message": "Bonjour", "session_id": ""}, 400, "invalid_id"),
        ({"message": "Bonjour", "session_id": "a" * 129}, 400, "invalid_id"),
        ({"message": "Bonjour", "request_id": "a b"}, 400, "invalid_id"),
        ({"message": "Bonjour", "parent_message_id": "../x"}, 400, "invalid_id"),
        ({"message": "Bonjour", "attachments": ["a/b"]}, 400, "invalid_id"),
        ({"message": "Bonjour", "attachments": [*"abcdef"]}, 400, "invalid_request"),
        ([], 400, "invalid_request"),
        ("Bonjour", 400, "invalid_request"),
    ],
)
@pytest.mark.parametrize("door", ["/v1/lea/chat/stream", "/v1/lea/chat"])
async def test_a_wrong_body_is_refused_before_the_stream(
    lea: Lea, ada: Person, model: ModelServer, door: str, body: Any, status: int, code: str
) -> None:
    response = await ada.request("POST", door, body)
    assert response.content_type == "application/problem+json"
    problem = await response.json(content_type=None)
    assert (response.status, problem["code"], problem["status"]) == (status, code, status)
    assert problem["request_id"] == response.headers["X-Request-Id"]
    assert "Traceback" not in str(problem)
    assert await lea.sql("SELECT id FROM threads") == []
    assert model.exchanges == []


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        (b'{"message": "Bonj', "application/json", 400, "invalid_json"),
        (b'{"message": "\xe9t\xe9"}', "application/json", 400, "invalid_encoding"),
        (b'{"message": "\\ud800"}', "application/json", 400, "invalid_json"),
        (b"message=Bonjour", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"", "application/json", 400, "invalid_json"),
        (b'{"message": "' + b"a" * 1_048_576 + b'"}', "application/json", 413, "body_too_large"),
    ],
)
async def test_bytes_that_are_no_message_are_refused(
    lea: Lea, ada: Person, data: bytes, content_type: str, status: int, code: str
) -> None:
    async with lea.session.post(
        lea.url + "/v1/lea/chat/stream", data=io.BytesIO(data), headers={**ada.headers, "Content-Type": content_type}
    ) as response:
        assert (response.status, (await response.json(content_type=None))["code"]) == (status, code)
    assert await lea.sql("SELECT id FROM threads") == []


async def test_the_longest_message_is_taken_whole(lea: Lea, ada: Person, model: ModelServer) -> None:
    message = "é" * LONGEST
    assert (await ada.ask(message, session_id="s1")).done["finish_reason"] == "stop"
    assert (await model.exchange(0)).body["messages"][-1]["content"] == message


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_refusal_speaks_the_readers_language(lea: Lea, ada: Person, language: str) -> None:
    response = await ada.request("POST", "/v1/lea/chat", {"message": " "}, **{"Accept-Language": language})
    detail = (await response.json(content_type=None))["detail"]
    assert detail == {"fr": "Le message est vide.", "en": "The message is empty."}[language]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/lea/threads/s1"),
        ("PATCH", "/v1/lea/threads/s1"),
        ("DELETE", "/v1/lea/threads/s1"),
        ("DELETE", "/v1/lea/sessions/s1"),
        ("GET", "/v1/lea/threads/s1/export"),
        ("GET", "/v1/lea/threads/s1/search?q=a"),
        ("POST", "/v1/lea/threads/s1/stop"),
        ("POST", "/v1/lea/threads/s1/regenerate"),
    ],
)
@pytest.mark.parametrize("company", ["Analytical Engines", "Another Company"])
async def test_another_users_thread_does_not_exist(lea: Lea, ada: Person, method: str, path: str, company: str) -> None:
    await ada.ask("Secret", session_id="s1")
    bob = await lea.person("bob@example.org", company)
    status, problem = await bob.call(method, path, {"title": "x"} if method == "PATCH" else None)
    assert (status, problem["code"]) == (404, "not_found")
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["title"] == "Secret"


async def test_the_same_thread_name_is_each_users_own(lea: Lea, ada: Person) -> None:
    bob = await lea.person("bob@example.org")
    await ada.ask("À moi", session_id="s1")
    await bob.ask("À lui", session_id="s1")
    assert (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][0]["content"] == "À moi"
    assert (await bob.call("GET", "/v1/lea/threads/s1"))[1]["messages"][0]["content"] == "À lui"
    assert (await bob.call("GET", "/v1/lea/threads/s1/stream"))[0] == 204
    stranger = await lea.person("eve@example.org")
    assert (await stranger.call("GET", "/v1/lea/threads/s1/stream"))[0] == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_an_id_with_other_characters_is_refused(lea: Lea, ada: Person, method: str) -> None:
    for bad in ["a%20b", "a" * 129, "%C3%A9"]:
        status, problem = await ada.call(method, f"/v1/lea/threads/{bad}")
        assert (status, problem["code"]) == (400, "invalid_id")


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Bearer", "Basic YWRhOmFkYQ==", "Bearer lea_0_0", ""])
async def test_a_malformed_token_is_refused(lea: Lea, header: str) -> None:
    async with lea.session.post(
        lea.url + "/v1/lea/chat/stream", json={"message": "Bonjour"}, headers={"Authorization": header}
    ) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")


async def test_unknown_routes_and_methods_are_problems_too(lea: Lea, ada: Person) -> None:
    assert (await ada.call("GET", "/v1/nothing"))[1]["code"] == "not_found"
    response = await ada.request("PUT", "/v1/lea/threads")
    assert response.status == 405
    assert response.headers["Allow"] == "GET,HEAD" or "GET" in response.headers["Allow"]
    assert (await response.json(content_type=None))["code"] == "method_not_allowed"
