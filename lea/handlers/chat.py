"""Asking Léa: the stream, the same turn as one JSON answer, and what one can do to a turn."""

from hashlib import blake2b
from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, Field

from lea.errors import LeaError, NotFound
from lea.handlers.answers import ChatAnswer, Stopped, chat_answer
from lea.handlers.keys import BUS, CHAT_LIMIT, FOLLOWING, STORE, STREAMS, TURNS
from lea.handlers.limits import refusal
from lea.handlers.parameters import AFTER, LAST_EVENT
from lea.handlers.routes import Call, Model, Routes, client_id, json_response
from lea.handlers.streamed import TurnEvent
from lea.handlers.timing import TRACE, before_ms, measured
from lea.ids import CLIENT_ID, AttachmentId, MessageId, RequestId, ThreadId, TurnId, derived_id, new_id
from lea.manager.ask import Ask
from lea.manager.following import Cursor
from lea.store import threads
from lea.store.turns import TurnKind, find_by_request

MESSAGE_CHARACTERS = 32_000
FILES = 5
"""Most files a message goes with."""
EVENT_STREAM = "text/event-stream"


def _message(value: str) -> str:
    if len(value) > MESSAGE_CHARACTERS:
        raise ValueError("message_too_long")
    if not value.strip():
        raise ValueError("message_blank")
    if "\0" in value:
        raise ValueError("has a NUL character")
    return value


def _id(value: str) -> str:
    if not CLIENT_ID.fullmatch(value):
        raise ValueError("invalid_id")
    return value


def _different(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("has one twice")
    return values


ClientId = Annotated[str, AfterValidator(_id)]


class ChatBody(Model):
    """A message to Léa. Without `session_id` a conversation is made; `request_id` makes asking twice safe.

    `attachments` are ids of files brought in before.
    """

    message: Annotated[str, AfterValidator(_message)]
    session_id: ClientId | None = None
    request_id: ClientId | None = None
    last_assistant_message: str | None = Field(None, max_length=400_000)
    parent_message_id: ClientId | None = None
    attachments: Annotated[list[ClientId], AfterValidator(_different)] = Field(default_factory=list, max_length=FILES)


class AgainBody(Model):
    """`request_id` makes asking twice safe."""

    request_id: ClientId | None = None


class StopBody(Model):
    """Without `turn_id` the live turn is ended; with it that turn, also while it waits."""

    turn_id: ClientId | None = None


routes = Routes("chat")


@routes.add("POST", "/v1/lea/chat/stream", body=ChatBody, answer=EVENT_STREAM, events=TurnEvent, counted=True)
async def stream(call: Call[ChatBody]) -> web.StreamResponse:
    """Ask, and read the answer as it is written."""
    return await _stream(call, _ask(call))


@routes.add("POST", "/v1/lea/chat", body=ChatBody, answer=ChatAnswer, counted=True)
async def chat(call: Call[ChatBody]) -> web.StreamResponse:
    """The same turn as one JSON answer."""
    ask = _ask(call)
    headers = await _admit(call, ask)
    headers |= await _admit_shared(call, ask, headers)
    outcome = await call.app[TURNS].outcome(call.identity, ask)
    if outcome.error is not None:
        outcome.error.headers.update(headers)
        raise outcome.error
    response = json_response(chat_answer(outcome))
    response.headers.update(headers)
    return response


@routes.add(
    "POST", "/v1/lea/threads/{id}/regenerate", body=AgainBody, answer=EVENT_STREAM, events=TurnEvent, counted=True
)
async def regenerate(call: Call[AgainBody]) -> web.StreamResponse:
    """Answer the last message again; the earlier answer is kept as a version."""
    return await _again(call, "regenerate")


@routes.add(
    "POST", "/v1/lea/threads/{id}/continue", body=AgainBody, answer=EVENT_STREAM, events=TurnEvent, counted=True
)
async def go_on(call: Call[AgainBody]) -> web.StreamResponse:
    """Go on where the last answer was cut; the stream begins with what was said as a snapshot."""
    return await _again(call, "continue")


@routes.add(
    "GET",
    "/v1/lea/threads/{id}/stream",
    answer=EVENT_STREAM,
    events=TurnEvent,
    query=AFTER,
    headers=LAST_EVENT,
    also={204: "Nothing to follow"},
)
async def follow(call: Call[Model]) -> web.StreamResponse:
    """With a cursor the rest of its turn, then the next live one; without, the live turn from its start; else 204."""
    thread_id = ThreadId(client_id(call.request))
    sent = call.request.headers.get("Last-Event-ID") or call.request.query.get("after")
    cursor = Cursor.of(sent) if sent else None
    found = await call.app[FOLLOWING].resume(call.identity, thread_id, cursor, call.language)
    if found is None:
        return web.Response(status=204)
    topic, after = found
    streams = call.app[STREAMS]
    async with streams.open(call.request, call.identity, {}) as opened:
        return await streams.follow(opened, topic, after)


@routes.add("POST", "/v1/lea/threads/{id}/stop", body=StopBody, answer=Stopped)
async def stop(call: Call[StopBody]) -> web.StreamResponse:
    """End the live turn, or the one named, and keep what was said; nothing happens when there is none."""
    thread_id = ThreadId(client_id(call.request))
    user_id = call.identity.user_id
    turn_id = TurnId(call.body.turn_id) if call.body.turn_id else None
    stopped = await call.app[TURNS].stop(user_id, thread_id, turn_id)
    if not stopped:
        found = await call.app[STORE].read(lambda connection: threads.get(connection, user_id, thread_id))
        if found is None:
            raise NotFound
    return json_response({"stopped": stopped})


async def _again(call: Call[AgainBody], kind: TurnKind) -> web.StreamResponse:
    thread_id = ThreadId(client_id(call.request))
    user_id = call.identity.user_id
    found = await call.app[STORE].read(lambda connection: threads.get(connection, user_id, thread_id))
    if found is None:
        raise NotFound
    return await _stream(call, _ask_again(call, thread_id, kind))


async def _stream(call: Call[ChatBody] | Call[AgainBody], ask: Ask) -> web.StreamResponse:
    streams = call.app[STREAMS]
    streams.check(call.identity)  # before anything is counted: who is refused for want of room may come again
    turns, headers = call.app[TURNS], await _admit(call, ask)
    with turns.expect(call.identity, ask):
        async with streams.open(call.request, call.identity, headers) as opened:
            try:
                await _admit_shared(call, ask, headers)
            except LeaError as error:
                return await streams.follow(opened, refusal(call.app[BUS], ask, error))
            return await streams.follow(opened, await turns.follow(call.identity, ask))


async def _admit(call: Call[ChatBody] | Call[AgainBody], ask: Ask) -> dict[str, str]:
    """Refuse what can be refused from memory; attaching to a turn is never counted."""
    turns = call.app[TURNS]
    with measured(call.request, "limits"):
        turns.admit(call.identity, ask)
        return {} if turns.known(ask) else await call.app[CHAT_LIMIT].take(call.identity.user_id)


async def _admit_shared(call: Call[ChatBody] | Call[AgainBody], ask: Ask, counted: dict[str, str]) -> dict[str, str]:
    """What was counted here is counted over all processes; this may take a moment, in which much may have changed."""
    turns = call.app[TURNS]
    headers: dict[str, str] = {}
    if not counted:
        return headers
    with measured(call.request, "limits"):
        try:
            headers = await call.app[CHAT_LIMIT].take_shared(call.identity.user_id)
        except LeaError:
            if not turns.known(ask) and not await _asked_before(call, ask):
                raise
        turns.admit(call.identity, ask)
    return headers


async def _asked_before(call: Call[ChatBody] | Call[AgainBody], ask: Ask) -> bool:
    """Whether this request began a turn at another process; attaching to it is never refused for its number."""
    user_id = call.identity.user_id
    found = await call.app[STORE].read(lambda connection: find_by_request(connection, user_id, ask.request_id))
    return found is not None


def _ask(call: Call[ChatBody]) -> Ask:
    body = call.body
    request_id = RequestId(body.request_id or new_id("rq"))
    thread_id = ThreadId(body.session_id or derived_id("th", call.identity.user_id, request_id))
    return Ask(
        thread_id=thread_id,
        turn_id=TurnId(derived_id("t", call.identity.user_id, request_id)),
        request_id=request_id,
        body_hash=_fingerprint("message", thread_id, body.message, body.parent_message_id or "", *body.attachments),
        kind="message",
        text=body.message,
        parent_id=MessageId(body.parent_message_id) if body.parent_message_id else None,
        language=call.language,
        last_answer=body.last_assistant_message or "",
        attachments=tuple(map(AttachmentId, body.attachments)),
        before_ms=before_ms(call.request),
        trace=call.request.get(TRACE, ""),
    )


def _ask_again(call: Call[AgainBody], thread_id: ThreadId, kind: TurnKind) -> Ask:
    request_id = RequestId(call.body.request_id or new_id("rq"))
    return Ask(
        thread_id=thread_id,
        turn_id=TurnId(derived_id("t", call.identity.user_id, request_id)),
        request_id=request_id,
        body_hash=_fingerprint(kind, thread_id),
        kind=kind,
        text="",
        parent_id=None,
        language=call.language,
        before_ms=before_ms(call.request),
        trace=call.request.get(TRACE, ""),
    )


def _fingerprint(*parts: str) -> str:
    """Tells one body from another; which of them came first is all that is ever asked."""
    return blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
