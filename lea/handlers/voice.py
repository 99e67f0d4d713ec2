"""Speaking instead of writing: a recording becomes a message, or words to be looked at before they are sent."""

from dataclasses import replace
from hashlib import blake2b
from typing import Final

import orjson
from aiohttp import web
from pydantic import BaseModel

from lea.errors import Conflict
from lea.handlers.chat import EVENT_STREAM
from lea.handlers.keys import CHAT_LIMIT, STORE, STREAMS, TURNS
from lea.handlers.routes import Call, Routes, json_response
from lea.handlers.streamed import TurnEvent
from lea.handlers.timing import TRACE, before_ms, measured
from lea.handlers.voice_form import PART, Brought, Spoken, SpokenMessage, brought
from lea.ids import MessageId, RequestId, ThreadId, TurnId, derived_id, new_id
from lea.llm.transcribing import Heard
from lea.manager.ask import Ask
from lea.manager.voice import Listening
from lea.store.turns import find_by_request

VOICE = web.AppKey("voice", Listening)
BEGINS: Final = b'{"status":"connecting"'


class Transcription(BaseModel):
    """`seconds` where they are known; `language` is the one that was expected."""

    text: str
    seconds: float | None
    language: str


routes = Routes("voice")


@routes.add("POST", "/v1/lea/voice/transcriptions", body=Spoken, upload=PART, answer=Transcription, counted=True)
async def transcribe(call: Call[Spoken]) -> web.StreamResponse:
    """What a recording says, in words to be looked at before they are sent; nothing is kept of it."""
    async with brought(call, call.app[VOICE]) as spoken:
        headers = await _counted(call)
        language = spoken.fields.language or call.language
        heard = await call.app[VOICE].hear(call.identity, spoken.recording, language)
    response = json_response({"text": heard.text, "seconds": heard.seconds, "language": language})
    response.headers.update(headers)
    return response


@routes.add(
    "POST",
    "/v1/lea/chat/voice",
    body=SpokenMessage,
    upload=PART,
    answer=EVENT_STREAM,
    events=TurnEvent,
    counted=True,
)
async def speak(call: Call[SpokenMessage]) -> web.StreamResponse:
    """Ask by a recording, and read the answer as it is written; `connecting` says what was heard.

    What was not understood is refused before the first byte, and begins no turn.
    """
    streams = call.app[STREAMS]
    streams.check(call.identity)
    async with brought(call, call.app[VOICE]) as spoken:
        ask, heard, headers = await _asked(call, spoken)
    turns = call.app[TURNS]
    with turns.expect(call.identity, ask):
        async with streams.open(call.request, call.identity, headers) as opened:
            topic = await turns.follow(call.identity, ask)
            return await streams.follow(opened, topic, translate=None if heard is None else Telling(heard))


class Telling:
    """Adds what was heard to the event that begins the stream."""

    def __init__(self, heard: Heard) -> None:
        self._told = orjson.dumps({"text": heard.text, "seconds": heard.seconds})
        self._over = False

    def __call__(self, events: bytes) -> bytes:
        """Whole events of a turn."""
        if self._over:
            return events
        self._over = True
        return events.replace(BEGINS, BEGINS + b',"heard":' + self._told, 1)


async def _asked(call: Call[SpokenMessage], spoken: Brought[SpokenMessage]) -> tuple[Ask, Heard | None, dict[str, str]]:
    """The turn to follow, what was heard as far as that is remembered, and the headers that tell what is left.

    A request that began its turn already is neither counted nor listened to again. Raises LeaError.
    """
    turns, listening, user_id = call.app[TURNS], call.app[VOICE], call.identity.user_id
    language = spoken.fields.language or call.language
    ask = _ask(call, spoken)
    turns.admit(call.identity, ask)
    before = await call.app[STORE].read(lambda connection: find_by_request(connection, user_id, ask.request_id))
    if before is not None and before.body_hash != ask.body_hash:
        raise Conflict("request_id_reused")
    if before is not None or turns.known(ask):
        return ask, listening.heard(call.identity, spoken.recording, language), {}
    headers = await _counted(call)
    with measured(call.request, "voice"):
        heard = await listening.hear(call.identity, spoken.recording, language)
    ask = replace(ask, text=heard.text)
    turns.admit(call.identity, ask)
    return ask, heard, headers


async def _counted(call: Call[Spoken] | Call[SpokenMessage]) -> dict[str, str]:
    """As one request to the model, here and over all processes. Raises TooMany."""
    user_id, limit = call.identity.user_id, call.app[CHAT_LIMIT]
    with measured(call.request, "limits"):
        return await limit.take(user_id) | await limit.take_shared(user_id)


def _ask(call: Call[SpokenMessage], spoken: Brought[SpokenMessage]) -> Ask:
    """The words come later: one request is told from another by its recording, whatever words are made of it."""
    fields, user_id = spoken.fields, call.identity.user_id
    request_id = RequestId(fields.request_id or new_id("rq"))
    thread_id = ThreadId(fields.session_id or derived_id("th", user_id, request_id))
    parts = ("voice", thread_id, spoken.recording.digest, fields.parent_message_id or "")
    return Ask(
        thread_id=thread_id,
        turn_id=TurnId(derived_id("t", user_id, request_id)),
        request_id=request_id,
        body_hash=blake2b("\0".join(parts).encode(), digest_size=16).hexdigest(),
        kind="message",
        text="",
        parent_id=MessageId(fields.parent_message_id) if fields.parent_message_id else None,
        language=call.language,
        before_ms=before_ms(call.request),
        trace=call.request.get(TRACE, ""),
    )
