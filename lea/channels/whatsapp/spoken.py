"""Listens to what somebody said and keeps its words, as if they had been written; the recording is not kept."""

import asyncio
from contextlib import aclosing
from typing import Final

import structlog

from lea.auth.permissions import Identity
from lea.channels.whatsapp.graph import MEDIA_S, MOST_MEDIA, TooLargeMedia
from lea.channels.whatsapp.line import Line
from lea.channels.whatsapp.media import TRIED_FOR_S
from lea.channels.whatsapp.words import say
from lea.errors import ExternalRejected, ExternalUnavailable, LeaError
from lea.ids import new_id
from lea.llm.transcribing import Heard
from lea.store import whatsapp_inbox
from lea.store.whatsapp_inbox import InMessage

VOICE: Final = frozenset({"audio", "voice"})

log = structlog.get_logger()


def spoken(message: InMessage) -> bool:
    """Whether it is a recording, and there is somewhere to fetch it."""
    return message.kind in VOICE and message.media_id is not None


async def write_down(line: Line, identity: Identity, message: InMessage) -> str | None:
    """Listen to it, once; None, or the sentence that says why its words are not known.

    Raises LeaError where trying again later may help.
    """
    if message.text:
        return None
    language = identity.language
    try:
        heard = await _heard(line, identity, message)
    except TooLargeMedia:
        return say("too_large", language)
    except TimeoutError:
        return say("not_heard", language)
    except LeaError as error:
        if error.retryable and line.clock.now() - message.created_at < TRIED_FOR_S:
            raise
        outside = error.retryable or isinstance(error, ExternalUnavailable | ExternalRejected)
        return say("not_heard", language) if outside else error.detail(language)
    await line.store.write(lambda connection: whatsapp_inbox.heard(connection, message.id, heard.text))
    log.info("whatsapp.listened", seconds=heard.seconds, characters=len(heard.text))
    return None


async def _heard(line: Line, identity: Identity, message: InMessage) -> Heard:
    assert message.media_id is not None
    listening = line.listening
    async with asyncio.timeout(MEDIA_S) as limit:
        with listening.place(identity):
            async with (
                aclosing(line.graph.media(message.media_id)) as chunks,
                line.shelf.files.passing(new_id("v"), chunks, MOST_MEDIA) as (path, _),
            ):
                limit.reschedule(None)  # it is here; who listens has a limit of its own
                recording = await listening.look(path)
                return await listening.hear(identity, recording, identity.language)
