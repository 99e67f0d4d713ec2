"""The door for OpenAI's clients: the whole assistant as one model, `lea`."""

import asyncio
from collections.abc import Sequence
from typing import Final

from aiohttp import web

from lea.actions.phrases import say
from lea.actions.telling import confirm_event
from lea.errors import BadRequest, Interrupted, LeaError
from lea.handlers.completions_body import CompletionBody
from lea.handlers.completions_chunks import Chunks, Completion, CompletionChunk, completion, counts, usage_of
from lea.handlers.completions_errors import CompletionError, error_body
from lea.handlers.completions_models import must_be_known
from lea.handlers.completions_question import has_tools, message, question
from lea.handlers.completions_relayed import RelayedChunks
from lea.handlers.completions_turns import TurnChunks, about
from lea.handlers.keys import BUS, CHAT_LIMIT, CLOCK, RELAYS, STORE, STREAMS, TURNS
from lea.handlers.limits import refusal
from lea.handlers.parser import left
from lea.handlers.routes import Call, Routes, json_response
from lea.handlers.timing import TRACE, before_ms, measured
from lea.ids import CLIENT_ID, RequestId, ThreadId, TurnId, derived_id, new_id
from lea.llm.provider import ModelEvent, Usage
from lea.manager.ask import Ask
from lea.manager.outcome import Outcome
from lea.manager.relaying import Question
from lea.messages import Assistant
from lea.store import confirmations

THREAD: Final = "X-Lea-Thread"
OTHER_BODIES: Final = {"/v1/models": error_body, "/v1/chat/": error_body}
LEFT: Final = 499
"""What proxies log for a client that went away before it was answered; nobody is told."""


routes = Routes("openai")


@routes.add(
    "POST",
    "/v1/chat/completions",
    body=CompletionBody,
    answer=Completion,
    streams=True,
    events=CompletionChunk,
    problem=CompletionError,
    headers={THREAD: "the conversation that is gone on with"},
    counted=True,
)
async def complete(call: Call[CompletionBody]) -> web.StreamResponse:
    """Ask as OpenAI's clients do; `X-Lea-Thread` or `user` keep a conversation, `tools` are the caller's own."""
    body = call.body
    must_be_known(body.model)
    if has_tools(body):
        if THREAD in call.request.headers:
            raise BadRequest("tools_and_thread", errors=[{"path": "tools", "message": "tools_and_thread"}])
        asked = question(body, call.language)
        call.app[RELAYS].admit(call.identity)
        return await _stream_relay(call, asked) if body.stream else await _relay(call, asked)
    ask = _ask(call)
    call.app[TURNS].admit(call.identity, ask)
    return await _stream_turn(call, ask) if body.stream else await _turn(call, ask)


async def _turn(call: Call[CompletionBody], ask: Ask) -> web.StreamResponse:
    headers = await _counted(call) | await _counted_by_all(call)
    outcome = await call.app[TURNS].outcome(call.identity, ask)
    if outcome.error is not None:
        outcome.error.headers.update(headers)
        raise outcome.error
    done = outcome.done()
    lea = about(ask.thread_id, ask.turn_id, await _asked(call, outcome))
    text = outcome.text + ("\n\n" + say("on_the_page", call.language) if "confirm" in lea else "")
    chunks = Chunks(ask.turn_id, call.app[CLOCK].now(), include_usage=False)
    response = json_response(completion(chunks, text, done.finish_reason, usage_of(done.usage), lea=lea))
    response.headers.update(headers)
    return response


async def _stream_turn(call: Call[CompletionBody], ask: Ask) -> web.StreamResponse:
    streams, turns = call.app[STREAMS], call.app[TURNS]
    streams.check(call.identity)
    headers = await _counted(call)
    chunks = TurnChunks(_chunks(call, ask.turn_id), call.language)
    async with streams.open(call.request, call.identity, headers) as opened:
        try:
            await _counted_by_all(call)
            turns.admit(call.identity, ask)
        except LeaError as error:
            return await streams.follow(opened, refusal(call.app[BUS], ask, error), translate=chunks)
        return await streams.follow(opened, await turns.follow(call.identity, ask), translate=chunks)


async def _relay(call: Call[CompletionBody], asked: Question) -> web.StreamResponse:
    headers = await _counted(call) | await _counted_by_all(call)
    relay_id = new_id("c")
    relaying = call.app[RELAYS].start(call.identity, asked, relay_id, _nobody)
    try:
        with left(call.request, relaying.cancel):
            relayed = await asyncio.shield(relaying)
    except asyncio.CancelledError:
        if not relaying.cancelled():
            relaying.cancel()
            raise
        if call.request.transport is not None:  # the client is there: it is the server that goes
            raise Interrupted(headers=headers) from None
        return web.Response(status=LEFT)
    if isinstance(relayed, LeaError):
        relayed.headers.update(headers)
        raise relayed
    chunks = Chunks(relay_id, call.app[CLOCK].now(), include_usage=False)
    text, usage = "".join(relayed.text), counts(relayed.usage or Usage(0, 0))
    body = completion(chunks, text or None, relayed.reason or "stop", usage, calls=relayed.calls)
    response = json_response(body)
    response.headers.update(headers)
    return response


async def _stream_relay(call: Call[CompletionBody], asked: Question) -> web.StreamResponse:
    streams = call.app[STREAMS]
    streams.check(call.identity)
    headers = await _counted(call)
    relay_id = new_id("c")
    async with streams.open(call.request, call.identity, headers) as opened:
        chunks = _chunks(call, relay_id)
        relayed = RelayedChunks(call.app[RELAYS], call.identity, asked, chunks, relay_id)
        try:
            await _counted_by_all(call)
        except LeaError as error:
            relayed.refuse(error)
        with left(call.request, relayed.leave):
            return await streams.follow(opened, relayed)


def _nobody(_: Sequence[ModelEvent]) -> None:
    """It is told whole."""


async def _counted(call: Call[CompletionBody]) -> dict[str, str]:
    """The headers that tell what is left. Raises TooMany."""
    with measured(call.request, "limits"):
        return await call.app[CHAT_LIMIT].take(call.identity.user_id)


async def _counted_by_all(call: Call[CompletionBody]) -> dict[str, str]:
    """The same over all processes, which may take a moment."""
    with measured(call.request, "limits"):
        return await call.app[CHAT_LIMIT].take_shared(call.identity.user_id)


async def _asked(call: Call[CompletionBody], outcome: Outcome) -> list[dict[str, object]]:
    """What Léa asks before she writes."""
    if outcome.finish_reason != "action":
        return []
    rows = await call.app[STORE].read(lambda connection: confirmations.of_turns(connection, {outcome.turn_id}))
    now = call.app[CLOCK].now()
    return [confirm_event(row, now).wire()["confirm"] for row in reversed(rows)]


def _ask(call: Call[CompletionBody]) -> Ask:
    user_id, request_id = call.identity.user_id, RequestId(new_id("rq"))
    kept = _kept(call)
    text, given = message(call.body, kept=kept is not None)
    before = (one.text for one in reversed(given.said or ()) if isinstance(one, Assistant))
    return Ask(
        thread_id=kept or ThreadId(derived_id("th", user_id, request_id)),
        turn_id=TurnId(derived_id("t", user_id, request_id)),
        request_id=request_id,
        body_hash="",
        kind="message",
        text=text,
        parent_id=None,
        language=call.language,
        last_answer=next(before, ""),
        before_ms=before_ms(call.request),
        trace=call.request.get(TRACE, ""),
        given=given,
    )


def _kept(call: Call[CompletionBody]) -> ThreadId | None:
    """The conversation that is gone on with; None where the request has all of it."""
    named, user = call.request.headers.get(THREAD), call.body.user
    if named is not None:
        if not CLIENT_ID.fullmatch(named):
            raise BadRequest("invalid_id", errors=[{"path": THREAD, "message": "invalid_id"}])
        return ThreadId(named)
    return ThreadId(derived_id("th", call.identity.user_id, "openai", user)) if user else None


def _chunks(call: Call[CompletionBody], answer_id: str) -> Chunks:
    options = call.body.stream_options
    return Chunks(answer_id, call.app[CLOCK].now(), include_usage=bool(options and options.include_usage))
