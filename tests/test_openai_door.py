"""OpenAI's own client against Léa: answers, conversations, tools and refusals are what its protocol promises."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import openai
import orjson
import pytest
from openai.types.chat import ChatCompletionChunk

from lea.app import Adapters
from lea.bus.memory import MemoryBus
from lea.events.answer import Connecting, Done, Snapshot
from lea.handlers.completions_chunks import Chunks
from lea.handlers.completions_relayed import RelayedChunks
from lea.handlers.completions_turns import TurnChunks
from lea.handlers.keys import RELAYS
from lea.llm.provider import Answering, CallPiece, Finished, Told
from lea.llm.stopping import stopped
from lea.llm.wire import AnswerReader
from lea.manager.relaying import Question
from lea.messages import ToolCall, User
from lea.store import deleted
from lea.store.deleted import KEPT_S
from tests.conftest import Logged
from tests.fakes import MidMonth, ScriptedSink
from tests.lea_server import Lea, Person, running, settings
from tests.llm_parts import PROMPT, rest
from tests.model_replies import events
from tests.model_server import Answer, Call, ModelServer, Refusal
from tests.test_actions import with_files
from tests.test_notices import tab

TALK = "Que penses-tu de la philosophie de Kant ?"
PATH = "/v1/chat/completions"
WEATHER: Any = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
PARIS = Call("weather", '{"city":"Paris"}')


def says(text: str, role: str = "user") -> Any:
    return {"role": role, "content": text}


def key_of(person: Person) -> str:
    return person.headers["Authorization"].removeprefix("Bearer ")


@asynccontextmanager
async def client_of(lea: Lea, person: Person, **more: Any) -> AsyncIterator[openai.AsyncOpenAI]:
    """The official client, which asks once: what Léa refuses is not to be asked again."""
    key = more.pop("api_key", key_of(person))
    async with openai.AsyncOpenAI(base_url=f"{lea.url}/v1", api_key=key, max_retries=0, **more) as client:
        yield client


@pytest.fixture
async def client(lea: Lea, ada: Person) -> AsyncIterator[openai.AsyncOpenAI]:
    async with client_of(lea, ada) as client:
        yield client


async def chunks_of(client: openai.AsyncOpenAI, **body: Any) -> list[ChatCompletionChunk]:
    stream = await client.chat.completions.create(model="lea", stream=True, **body)
    return [chunk async for chunk in stream]


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def reasons(chunks: list[ChatCompletionChunk]) -> list[str]:
    return [choice.finish_reason for chunk in chunks for choice in chunk.choices if choice.finish_reason]


async def refused(client: openai.AsyncOpenAI, **body: Any) -> openai.APIStatusError:
    with pytest.raises(openai.APIStatusError) as caught:
        await client.chat.completions.create(**{"model": "lea", "messages": [says(TALK)], **body})
    error = caught.value.response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    return caught.value


async def test_the_whole_answer_with_what_came_before_and_the_callers_own_instructions(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    model.script(Answer("Il est difficile."))
    before = [
        says("Réponds en vers.", "system"),
        says("Qui est Kant ?"),
        says("Un philosophe.", "assistant"),
        {"role": "user", "content": [{"type": "text", "text": "Que penses-tu "}, {"type": "text", "text": "de lui ?"}]},
    ]
    answer = await client.chat.completions.create(
        model="lea", messages=before, temperature=0.3, max_completion_tokens=50, seed=7, extra_body={"new_field": {}}
    )
    choice = answer.choices[0]
    assert (choice.message.content, choice.finish_reason, choice.message.tool_calls) == (
        "Il est difficile.",
        "stop",
        None,
    )
    assert (answer.model, answer.object, answer.id[:9]) == ("lea", "chat.completion", "chatcmpl-")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (20, 8, 28)
    sent = model.exchanges[0].body
    system, *said = sent["messages"]
    assert system["content"].startswith("You are Léa")
    assert system["content"].endswith("\nRéponds en vers.")
    assert [one["content"] for one in said] == ["Qui est Kant ?", "Un philosophe.", "Que penses-tu de lui ?"]
    assert (sent["temperature"], sent["max_completion_tokens"], sent["seed"]) == (0.3, 50, 7)
    assert "create_transaction" in {tool["function"]["name"] for tool in sent["tools"]}, "Léa's actions are offered"
    rows = await lea.sql("SELECT purpose, prompt_tokens, completion_tokens FROM usage")
    assert rows == [("chat", 20, 8)]


async def test_a_stream_begins_with_the_role_and_ends_with_the_reason_and_the_usage(
    client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    said = 'Un «mot», une "citation",\n\ndata: [DONE]\n\nun \\ et une clé 🔑.'
    model.script(Answer(said), Answer("Deux.", finish_reason="length"))
    chunks = await chunks_of(client, messages=[says(TALK)], stream_options={"include_usage": True})
    assert text_of(chunks) == said
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [choice.delta.role for chunk in chunks[1:] for choice in chunk.choices if choice.delta.role] == []
    assert reasons(chunks) == ["stop"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 28
    assert [chunk.usage for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)
    assert len({(chunk.id, chunk.model, chunk.created) for chunk in chunks}) == 1
    cut = await chunks_of(client, messages=[says(TALK)])
    assert (reasons(cut), cut[-1].usage) == (["length"], None)


async def test_what_a_request_says_by_itself_is_in_no_list_and_is_erased_a_day_later(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI
) -> None:
    page = await tab(ada)
    answer = await client.chat.completions.create(model="lea", messages=[says(TALK)])
    thread = answer.lea["thread_id"]  # type: ignore[attr-defined]
    assert (await ada.call("GET", "/v1/lea/threads"))[1]["threads"] == []
    await ada.ask(TALK, session_id="s1")
    assert (await page.until("turn")).data["turn"]["thread_id"] == "s1", "no tab heard of the other"
    page.response.close()
    assert (await ada.call("DELETE", "/v1/lea/sessions/s1"))[0] == 204
    assert (await ada.call("GET", "/v1/lea/threads/search?q=Kant"))[1]["threads"] == []
    status, told = await ada.call("GET", f"/v1/lea/threads/{thread}")
    assert (status, [one["role"] for one in told["messages"]]) == (200, ["user", "assistant"])
    session = lea.manager.of_company(ada.identity.company_id)[0]
    assert session.thread_count == 0, "memory is for conversations that go on"
    now = lea.store_now()
    assert await lea.store.write(lambda connection: deleted.erase_unlisted(connection, now)) == 0
    later = now + KEPT_S + 60
    assert await lea.store.write(lambda connection: deleted.erase_unlisted(connection, later)) == 1
    assert (await ada.call("GET", f"/v1/lea/threads/{thread}"))[0] == 404
    assert await lea.sql("SELECT purpose FROM usage") == [("chat",)] * 2, "what it cost stays"


async def test_user_or_a_header_keep_the_conversation_which_the_page_shows_too(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    model.script(Answer("Un."), Answer("Deux."), Answer("Trois."), Answer("Quatre."))
    first = await client.chat.completions.create(model="lea", user="crm-7", messages=[says(TALK)])
    again = [says("Ce que le programme croit"), says("et ne sait pas", "assistant"), says("Et de Hegel, alors ?")]
    second = await chunks_of(client, user="crm-7", messages=again)
    assert text_of(second) == "Deux."
    assert [one["content"] for one in model.exchanges[1].body["messages"][1:]] == [TALK, "Un.", "Et de Hegel, alors ?"]
    thread = first.lea["thread_id"]  # type: ignore[attr-defined]
    listed = (await ada.call("GET", "/v1/lea/threads"))[1]["threads"]
    assert [one["id"] for one in listed] == [thread]
    named = {"X-Lea-Thread": thread}
    third = await client.chat.completions.create(
        model="lea", user="someone-else", messages=[says("Et de Spinoza, alors ?")], extra_headers=named
    )
    assert third.lea["thread_id"] == thread  # type: ignore[attr-defined]
    assert len(model.exchanges[2].body["messages"]) == 6
    told = await ada.ask("Et de Leibniz, alors ?", session_id=thread)
    assert told.text == "Quatre."
    eve = await lea.person("eve@example.org", company="Others")
    async with client_of(lea, eve) as hers:
        answer = await hers.chat.completions.create(model="lea", user="crm-7", messages=[says("Et de Sartre, alors ?")])
        assert answer.lea["thread_id"] != thread  # type: ignore[attr-defined]
        other = await hers.chat.completions.create(model="lea", messages=[says("Et lui ?")], extra_headers=named)
        assert other.lea["thread_id"] == thread, "her own of that name"  # type: ignore[attr-defined]
    assert len(model.exchanges[-1].body["messages"]) == 2


async def test_stop_sequences_end_the_answer_whoever_gives_it(
    client: openai.AsyncOpenAI, model: ModelServer, tmp_path: Path
) -> None:
    model.script(Answer(pieces=("un, de", "ux, tr", "ois, quatre")), Answer("un. deux. trois"))
    chunks = await chunks_of(client, messages=[says(TALK)], stop=[", trois", "cinq"])
    assert (text_of(chunks), reasons(chunks)) == ("un, deux", ["stop"])
    assert model.exchanges[0].body["stop"] == [", trois", "cinq"]
    answer = await client.chat.completions.create(model="lea", messages=[says(TALK)], stop=".")
    assert answer.choices[0].message.content == "un"
    assert (await refused(client, stop=list("abcde"))).param == "stop"


@pytest.mark.parametrize("cut", range(1, 9))
async def test_a_stop_sequence_is_found_wherever_the_pieces_end(cut: int) -> None:
    async def pieces(text: str) -> Any:
        for start in range(0, len(text), cut):
            yield (text[start : start + cut],)
        yield (Finished("length"),)

    async def told(text: str, *stops: str) -> tuple[str, str]:
        asked = replace(PROMPT, settings={"stop": list(stops)})
        *texts, end = await rest(stopped(Told(Answering("m", "m", "m"), pieces(text)), asked))
        assert isinstance(end, Finished)
        return "".join(map(str, texts)), end.reason

    assert await told("aabaabaac et plus", "aabaac") == ("aab", "stop")
    assert await told("un deux trois", "trois", "deux") == ("un ", "stop")
    assert await told("presque tro", "trois") == ("presque tro", "length")


async def test_tools_go_to_the_model_and_its_calls_come_back_as_they_are_written(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    model.script(Answer("Je regarde.", calls=(PARIS, Call("weather", '{"city":"Lyon"}'))), Answer("Il pleut."))
    asked = [says("Sois brève.", "system"), says("Quel temps à Paris et à Lyon ?")]
    more: Any = {"tools": [WEATHER], "tool_choice": "auto", "parallel_tool_calls": True, "temperature": 0}
    chunks = await chunks_of(client, messages=asked, stream_options={"include_usage": True}, **more)
    assert (text_of(chunks), reasons(chunks)) == ("Je regarde.", ["tool_calls"])
    pieces = [one for chunk in chunks for choice in chunk.choices for one in choice.delta.tool_calls or ()]
    assert len(pieces) > 4, "arguments come in pieces"
    whole = {
        place: "".join(one.function.arguments or "" for one in pieces if one.index == place and one.function)
        for place in (0, 1)
    }
    assert whole == {0: '{"city":"Paris"}', 1: '{"city":"Lyon"}'}
    begun = [(one.index, one.id, one.function.name) for one in pieces if one.id and one.function]
    assert begun == [(0, "call_weather_0", "weather"), (1, "call_weather_1", "weather")]
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 28
    sent = model.exchanges[0].body
    assert (sent["tools"], sent["tool_choice"], sent["parallel_tool_calls"], sent["temperature"]) == (
        [WEATHER],
        "auto",
        True,
        0,
    )
    assert sent["messages"][0]["content"].startswith("You are Léa")
    calls = [
        {"id": f"call_weather_{place}", "type": "function", "function": {"name": "weather", "arguments": text}}
        for place, text in whole.items()
    ]
    results = [{"role": "tool", "tool_call_id": call["id"], "content": "pluie"} for call in calls]
    answered: Any = [*asked, {"role": "assistant", "content": None, "tool_calls": calls}, *results]
    answer = await client.chat.completions.create(model="lea", messages=answered)
    assert (answer.choices[0].message.content, answer.choices[0].finish_reason) == ("Il pleut.", "stop")
    sent = model.exchanges[1].body
    assert "tools" not in sent, "without tools of its own a program that brings calls gets none of Léa's"
    assert sent["messages"][2:] == answered[2:]
    assert await lea.sql("SELECT id FROM threads") == [], "nothing of it is kept"
    rows = await lea.sql("SELECT purpose, prompt_tokens, completion_tokens, user_id FROM usage")
    assert rows == [("tools", 20, 8, ada.identity.user_id)] * 2, "but what it cost"


@pytest.mark.parametrize("how", ["fragments", "whole", "object", "one_index"])
@pytest.mark.parametrize("size", [7, 4000])
def test_however_a_server_writes_its_calls_their_pieces_are_the_same_calls(how: Any, size: int) -> None:
    arguments = '{"city":"Paris"}'
    calls = (Call("weather", arguments, how), Call("time", arguments, how))
    body = b"".join(part if isinstance(part, bytes) else b"".join(part) for part in events(Answer("Oui.", calls=calls)))
    reader = AnswerReader(1000, pieces=True)
    told = [event for at in range(0, len(body), size) for event in reader.feed(body[at : at + size])]
    pieces = [event for event in told if isinstance(event, CallPiece)]
    written: dict[int, list[str]] = {}
    for piece in pieces:
        if piece.name:
            written[piece.place] = [piece.id, piece.name, ""]
        written[piece.place][2] += piece.arguments
    whole = [event for event in told if isinstance(event, ToolCall)]
    assert [(place, *call) for place, call in written.items()] == [
        (place, call.id, call.name, call.arguments) for place, call in enumerate(whole)
    ]
    assert [orjson.loads(call.arguments) for call in whole] == [{"city": "Paris"}] * 2


async def test_a_whole_answer_with_calls(client: openai.AsyncOpenAI, model: ModelServer, logged: Logged) -> None:
    model.script(Answer("", pieces=(), calls=(PARIS,)))
    answer = await client.chat.completions.create(model="lea", messages=[says("Paris ?")], tools=[WEATHER])
    call = answer.choices[0].message.tool_calls[0]  # type: ignore[index]
    assert (call.id, call.type) == ("call_weather_0", "function")
    assert (call.function.name, call.function.arguments) == ("weather", '{"city":"Paris"}')
    assert (answer.choices[0].finish_reason, answer.choices[0].message.content) == ("tool_calls", None)
    line = logged.named("relay.ended")[0]
    assert (line["finish_reason"], line["error"], line["calls"]) == ("tool_calls", None, 1)


async def test_tools_that_cannot_be_are_refused_by_name(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer, tmp_path: Path
) -> None:
    orphan = {"role": "tool", "tool_call_id": "call_of_nobody", "content": "42"}
    wrong: list[tuple[dict[str, Any], str, str]] = [
        ({"messages": [says("x"), orphan]}, "call_unknown", "messages[1].tool_call_id"),
        (
            {"tools": [WEATHER], "tool_choice": {"type": "function", "function": {"name": "no"}}},
            "tool_unknown",
            "tool_choice",
        ),
        ({"tools": [WEATHER], "tool_choice": "sometimes"}, "tool_unknown", "tool_choice"),
        ({"tools": [{"type": "web_search"}]}, "invalid_request", "tools[0].type"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "invalid_request", "tools[0].function.name"),
        ({"tools": [WEATHER], "extra_headers": {"X-Lea-Thread": "s1"}}, "tools_and_thread", "tools"),
    ]
    for body, code, param in wrong:
        error = await refused(client, **body)
        assert (error.status_code, error.type, error.code, error.param) == (400, "invalid_request_error", code, param)
    assert model.exchanges == []
    folder = tmp_path / "offline"
    folder.mkdir()
    async with running(settings(folder)) as rules, client_of(rules, await rules.person()) as theirs:
        error = await refused(theirs, tools=[WEATHER])
        assert (error.status_code, error.code, error.param) == (400, "tools_need_model", "tools")
        answer = await theirs.chat.completions.create(model="lea", messages=[says("Qui suis-je ?")])
        assert "Ada" in str(answer.choices[0].message.content)
        stopped_early = await theirs.chat.completions.create(model="lea", messages=[says("Qui suis-je ?")], stop="Ada")
        assert "Ada" not in str(stopped_early.choices[0].message.content)


async def test_every_refusal_is_the_exception_the_client_has_for_it(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    error = await refused(client, model="gpt-5")
    assert isinstance(error, openai.NotFoundError)
    assert (error.code, error.param, error.type) == ("model_not_found", "model", "invalid_request_error")
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve("org/gpt-5")
    assert (await client.models.retrieve("lea")).id == "lea"
    assert [one.id async for one in client.models.list()] == ["lea"]
    async with client_of(lea, ada, api_key="lea_no_such_key") as stranger:
        error = await refused(stranger)
        assert isinstance(error, openai.AuthenticationError)
        assert error.type == "authentication_error"
    image = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]
    for body, code, param in (
        ({"messages": [{"role": "user", "content": image}]}, "content_not_text", "messages[0].content"),
        ({"messages": [says("x"), says("y", "assistant")]}, "message_not_last", "messages[1].role"),
        ({"messages": [says(" ")]}, "message_blank", "messages[0].content"),
        ({"messages": [says("x" * 32_001)]}, "message_too_long", "messages[0].content"),
        ({"messages": [says("x")] * 501}, "invalid_request", "messages"),
        ({"n": 2}, "unsupported_parameter", "n"),
        ({"logprobs": True}, "unsupported_parameter", "logprobs"),
        ({"modalities": ["text", "audio"]}, "unsupported_parameter", "modalities"),
        ({"extra_headers": {"X-Lea-Thread": "a b"}}, "invalid_id", "X-Lea-Thread"),
    ):
        error = await refused(client, **body)
        assert isinstance(error, openai.BadRequestError)
        assert (error.code, error.param) == (code, param)
    assert model.exchanges == []
    french = {"Accept-Language": "fr"}
    assert "modèle" in (await refused(client, model="x", extra_headers=french)).response.json()["error"]["message"]


@pytest.mark.parametrize(
    ("sent", "headers", "status", "code"),
    [
        (b"{", {"Content-Type": "application/json"}, 400, "invalid_json"),
        (b"hello", {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        (b'{"model":"lea","messages":[],"x":"' + b"x" * 1_100_000 + b'"}', {}, 413, "body_too_large"),
        (b"", {"Authorization": "Basic x"}, 401, "invalid_token"),
    ],
)
async def test_what_is_no_request_gets_the_same_shape(
    lea: Lea, ada: Person, sent: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    headers = {"Content-Type": "application/json", **ada.headers, **headers}
    async with lea.session.post(lea.url + PATH, data=BytesIO(sent), headers=headers) as response:
        assert (response.status, response.content_type) == (status, "application/json")
        assert (await response.json())["error"]["code"] == code
    async with lea.session.get(lea.url + PATH, headers=ada.headers) as response:
        assert (response.status, (await response.json())["error"]["code"]) == (405, "method_not_allowed")


async def test_what_the_model_refuses_is_an_exception_too_and_an_error_event_in_a_stream(
    client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    model.default = Refusal(503)
    for more in ({}, {"tools": [WEATHER]}):
        error = await refused(client, **more)
        assert isinstance(error, openai.InternalServerError)
        assert (error.type, error.code) == ("server_error", "external_api_unavailable")
        with pytest.raises(openai.APIError) as caught:
            await chunks_of(client, messages=[says(TALK)], **more)
        assert (caught.value.code, caught.value.type) == ("external_api_unavailable", "server_error")
    model.default = Answer(fault="cut", fault_at=3, every=0.01)
    for more in ({}, {"tools": [WEATHER]}):
        with pytest.raises(openai.APIError):
            await chunks_of(client, messages=[says(TALK)], **more)


async def test_the_chats_limit_is_this_doors_limit(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url}, limits={"chat_per_minute": 3})
    async with running(config) as lea:
        ada = await lea.person()
        async with client_of(lea, ada) as client:
            raw = await client.chat.completions.with_raw_response.create(model="lea", messages=[says(TALK)])
            assert raw.headers["RateLimit"].startswith('"chat";r=2')
            await ada.ask(TALK)
            assert text_of(await chunks_of(client, messages=[says(TALK)], tools=[WEATHER]))
            for more in ({}, {"stream": True}, {"tools": [WEATHER]}, {"tools": [WEATHER], "stream": True}):
                error = await refused(client, **more)
                assert isinstance(error, openai.RateLimitError)
                assert (error.type, int(error.response.headers["Retry-After"]) > 0) == ("rate_limit_error", True)


async def test_money_that_is_spent_ends_tools_too(tmp_path: Path, model: ModelServer) -> None:
    config = settings(tmp_path, llm={"base_url": model.url})
    async with running(config, Adapters(clock=MidMonth())) as lea:
        ada = await lea.person(role="admin")
        limit = {"soft_usd": None, "hard_usd": 0.0001, "user_id": ada.identity.user_id}
        assert (await ada.call("PUT", "/v1/admin/budgets", limit))[0] == 200
        async with client_of(lea, ada) as client:
            await client.chat.completions.create(model="lea", messages=[says(TALK)], tools=[WEATHER])
            error = await refused(client, tools=[WEATHER])
            assert (error.status_code, error.type, error.code) == (402, "insufficient_quota", "budget_exceeded")
            assert len(model.exchanges) == 1


@pytest.mark.parametrize("stream", [True, False])
async def test_who_brings_tools_and_leaves_ends_the_call_to_the_model(
    lea: Lea, ada: Person, model: ModelServer, logged: Logged, stream: bool
) -> None:
    model.script(Answer(fault="silence", fault_at=2, comments_every=0.2))
    async with client_of(lea, ada) as client:
        body: Any = {"messages": [says("Paris ?")], "tools": [WEATHER], "stream": stream}
        asking = asyncio.ensure_future(client.chat.completions.create(model="lea", **body))
        async with asyncio.timeout(30):
            await model.exchange(0)
            if stream:
                answer = await asking
                async for chunk in answer:
                    if chunk.choices[0].delta.content:
                        break
                await answer.close()
            asking.cancel()
            await model.wait_until_closed(0)
            while not (rows := await lea.sql("SELECT purpose, estimated FROM usage")):
                await asyncio.sleep(0.02)
    assert rows == [("tools", 1)], "what was asked is paid for"
    assert logged.named("relay.ended")[0]["error"] == "left"


async def test_who_leaves_an_answer_of_leas_finds_it_in_the_conversation(
    lea: Lea, ada: Person, model: ModelServer
) -> None:
    gate = asyncio.Semaphore(1)
    model.script(Answer("Un deux trois.", gate=gate))
    async with client_of(lea, ada) as client, asyncio.timeout(30):
        named: Any = {"X-Lea-Thread": "s1"}
        stream = await client.chat.completions.create(
            model="lea", messages=[says(TALK)], stream=True, extra_headers=named
        )
        async for chunk in stream:
            if chunk.choices[0].delta.content:
                break
        await stream.close()
        gate.release()
        gate.release()
        while (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"][-1]["finish_reason"] is None:
            await asyncio.sleep(0.02)
    messages = (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"]
    assert (messages[-1]["content"], messages[-1]["finish_reason"]) == ("Un deux trois.", "stop")


@pytest.mark.parametrize("stream", [True, False])
async def test_what_needs_consent_is_said_and_where_it_is_given(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer, stream: bool
) -> None:
    await with_files(lea, ada)
    wish = Call("move_transaction", json.dumps({"transaction": "t104", "stage": "offer"}))
    model.script(Answer("", pieces=("Bien sûr.",), calls=(wish,)))
    messages = [says("Le client du 12 rue de la Paix a dit oui hier soir, occupe-t'en")]
    if stream:
        chunks = await chunks_of(client, messages=messages)
        text, reason, told = text_of(chunks), reasons(chunks), chunks[-1].lea  # type: ignore[attr-defined]
    else:
        answer = await client.chat.completions.create(model="lea", messages=messages)
        text, reason = str(answer.choices[0].message.content), [answer.choices[0].finish_reason]
        told = answer.lea  # type: ignore[attr-defined]
    confirm = told["confirm"][0]
    assert reason == ["stop"]
    assert confirm["summary"] in text.replace("\\", "")
    assert text.endswith("It is approved on Léa's page.")
    status, decided = await ada.call("POST", f"/v1/lea/confirmations/{confirm['id']}", {"decision": "approve"})
    assert (status, decided["action"]["state"]) == (200, "succeeded")
    assert (await ada.call("GET", f"/v1/lea/threads/{told['thread_id']}"))[0] == 200


async def test_a_server_that_goes_away_lets_tools_end_for_a_while_and_takes_no_more(
    lea: Lea, ada: Person, client: openai.AsyncOpenAI, model: ModelServer
) -> None:
    model.script(*[Answer("Un deux", gate=asyncio.Semaphore(0))] * 2)
    asking = [
        asyncio.ensure_future(refused(client, tools=[WEATHER])),
        asyncio.ensure_future(chunks_of(client, messages=[says(TALK)], tools=[WEATHER])),
    ]
    async with asyncio.timeout(30):
        await model.exchange(1)
        await lea.drain()
        late = await refused(client, tools=[WEATHER])
        cut, streamed = await asyncio.gather(*asking, return_exceptions=True)
    assert (late.status_code, late.code) == (503, "shutting_down")
    assert isinstance(cut, openai.InternalServerError)
    assert isinstance(streamed, openai.APIError)
    assert (cut.code, streamed.code) == ("interrupted", "interrupted")


async def test_a_slow_reader_of_a_relayed_answer_gets_all_of_it(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer(SAID, calls=(PARIS,)))
    told = []
    for shut in (False, True):
        relayed = RelayedChunks(
            lea.app[RELAYS],
            ada.identity,
            Question((User("Paris ?"),), "", {}, "en"),
            Chunks("c_1", 0, include_usage=True),
            "c_1",
        )
        sink = ScriptedSink()
        sink.open = not shut
        sink.reader = relayed.subscribe(sink)
        async with asyncio.timeout(30):
            while not sink.ended:
                await asyncio.sleep(0.01)
        assert relayed.behind == shut
        sink.catch_up()
        told.append(sink.data)
        model.script(Answer(SAID, calls=(PARIS,)))
    assert told[0] == told[1]
    assert told[0].endswith(b"data: [DONE]\n\n")


def test_a_reader_that_fell_behind_gets_the_rest_and_nothing_twice() -> None:
    bus = MemoryBus()
    topic = bus.open("t_1", lambda: Snapshot("Un deux trois"))
    translate = TurnChunks(Chunks("t_1", 0, include_usage=False), "en")
    sink = ScriptedSink()
    topic.subscribe(sink)
    topic.publish(Connecting("s1", "t_1"))
    topic.publish_text(["Un ", "deux"])
    late = ScriptedSink()
    topic.subscribe(late, 99)
    topic.publish(Done("s1", "t_1", "m_1", "stop", "openai", None, None, {}))
    told = translate(sink.data[: sink.data.index(b'data: {"done"')].rpartition(b"id: ")[0]) + translate(late.data)
    lines = [line.removeprefix(b"data: ") for line in told.split(b"\n\n") if line]
    assert lines.pop() == b"[DONE]"
    deltas = [orjson.loads(line)["choices"][0]["delta"].get("content") for line in lines]
    assert deltas == ["", "Un ", "deux", " trois", None]


SAID = "Kant est difficile."


@pytest.fixture
def scripted(model: ModelServer) -> None:
    """What the programs below are told, in their order."""
    model.script(Answer(SAID), Answer(SAID), Answer("", pieces=(), calls=(PARIS,)))
    model.default = Refusal(503)


async def run_program(*command: str, lea: Lea, ada: Person) -> Any:
    """What a program prints that knows Léa by its environment."""
    environment = {**os.environ, "BASE_URL": f"{lea.url}/v1", "API_KEY": key_of(ada)}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=PIPE, cwd=Path(__file__).parent.parent, env=environment
    )
    async with asyncio.timeout(90):
        out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.mark.usefixtures("scripted")
async def test_the_javascript_client(lea: Lea, ada: Person) -> None:
    told = orjson.loads(await run_program("tools/with-node", "node", "tests/node/openai_door.mjs", lea=lea, ada=ada))
    assert (told["models"], told["text"], told["usage"]) == (["lea"], SAID, 28)
    assert told["whole"] == [SAID, "stop", "th_"]
    assert told["tools"] == ["tool_calls", '{"city":"Paris"}']
    assert told["errors"] == {
        "model": ["NotFoundError", 404, "model_not_found"],
        "n": ["BadRequestError", 400, "unsupported_parameter"],
        "failing": ["InternalServerError", 502, "external_api_unavailable"],
        "streaming": ["APIError", None, "external_api_unavailable"],
    }


@pytest.mark.usefixtures("scripted")
async def test_plain_curl_reads_the_stream_line_by_line(lea: Lea, ada: Person) -> None:
    body = {"model": "lea", "messages": [says(TALK)], "stream": True}
    told = await run_program(
        *("curl", "-sN", f"{lea.url}{PATH}", "-H", f"Authorization: Bearer {key_of(ada)}"),
        *("-H", "Content-Type: application/json", "-d", json.dumps(body)),
        lea=lea,
        ada=ada,
    )
    first, *lines, last = [line for line in told.splitlines() if line]
    assert (first, last) == (": ok", "data: [DONE]")
    chunks = [ChatCompletionChunk.model_validate_json(line.removeprefix("data: ")) for line in lines]
    assert (text_of(chunks), reasons(chunks)) == (SAID, ["stop"])


async def test_langchain(lea: Lea, ada: Person, model: ModelServer) -> None:
    model.script(Answer(SAID), Answer(SAID), Answer("", pieces=(), calls=(PARIS,)), Answer("Prenez un parapluie."))
    told = orjson.loads(await run_program(sys.executable, "-m", "tests.langchain_door", lea=lea, ada=ada))
    assert told == {
        "whole": [SAID, "stop", 28],
        "streamed": [SAID, 28],
        "wanted": [["weather", {"city": "Paris"}]],
        "answer": "Prenez un parapluie.",
    }
    assert model.exchanges[-1].body["messages"][-1]["content"] == "Il pleut à Paris."
