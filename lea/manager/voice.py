"""Listening: recordings become words, once each, paid for by whoever spoke."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import Final

import structlog
from cachetools import TTLCache

from lea.auth.permissions import Identity
from lea.clock import Clock
from lea.config import Voice
from lea.errors import BadRequest, LeaError, Unprocessable
from lea.ids import UserId
from lea.llm.transcribed_media import Recording, look
from lea.llm.transcribing import Heard, Transcriber
from lea.manager.voice_bill import Purse, VoiceBill
from lea.resilience.bounds import Bound, Most
from lea.resilience.single_flight import SingleFlight

REMEMBERED: Final = 500
REMEMBERED_S: Final = 600.0
"""How many recordings, and for how long, are not listened to again when they are sent again."""
CHARACTERS: Final = 32_000
"""Most of what is heard; a message has no more."""
AT_ONCE: Final = Most(per_user=4, per_company=40, total=200)
"""Recordings that are being brought in or listened to."""
DEAF_S: Final = 600.0
"""For how long a server is believed not to listen that did not know the model's name."""

log = structlog.get_logger()
Key = tuple[UserId, str, str]


@dataclass(frozen=True, slots=True)
class _Flight:
    heard: Heard | None
    error: LeaError | None


class Listening:
    """Of this process; `transcriber` is None where there is no server that could listen."""

    def __init__(
        self, transcriber: Transcriber | None, settings: Voice, purse: Purse, clock: Clock, flights: SingleFlight
    ) -> None:
        self.settings = settings
        self._transcriber = transcriber
        self._purse = purse
        self._clock = clock
        self._flights = flights
        self._bound = Bound("recordings", AT_ONCE)
        self._remembered: TTLCache[Key, Heard] = TTLCache(REMEMBERED, REMEMBERED_S, clock.monotonic)
        self._deaf_until = float("-inf")

    @property
    def able(self) -> bool:
        """Whether there is anybody who listens."""
        return self._transcriber is not None and self._clock.monotonic() >= self._deaf_until

    @contextmanager
    def place(self, identity: Identity) -> Iterator[None]:
        """Room for one more recording. Raises BadRequest(`voice_needs_model`), Overloaded."""
        if not self.able:
            raise BadRequest("voice_needs_model")
        with self._bound.place(identity.user_id, identity.company_id):
            yield

    async def look(self, path: Path) -> Recording:
        """What it is.

        Raises UnsupportedMedia(`voice_not_audio`), TooLarge(`voice_too_long`), Unprocessable(`voice_empty`).
        """
        return await asyncio.to_thread(look, path, self.settings.max_seconds)

    def heard(self, identity: Identity, recording: Recording, language: str) -> Heard | None:
        """What it said, where that was found out a moment ago."""
        return self._remembered.get((identity.user_id, recording.digest, language))

    async def hear(self, identity: Identity, recording: Recording, language: str) -> Heard:
        """What it says; sent twice it is listened to once, and paid for once.

        Raises Unprocessable(`voice_empty`), BudgetExceeded, BadRequest(`voice_needs_model`), and what the server's
        failures are told as.
        """
        key = (identity.user_id, recording.digest, language)
        heard = self._remembered.get(key)
        if heard is None:
            flight = await self._flights.once(("voice", *key), lambda: self._fly(identity, recording, key))
            if flight.error is not None:
                raise flight.error
            heard = flight.heard
        assert heard is not None
        if not heard.text:
            raise Unprocessable("voice_empty")
        return heard

    async def _fly(self, identity: Identity, recording: Recording, key: Key) -> _Flight:
        """A refusal is a value here: it is no crash of the task it happens in."""
        try:
            heard = await self._hear(identity, recording, key[2])
        except LeaError as error:
            return _Flight(None, error)
        self._remembered[key] = heard
        return _Flight(heard, None)

    async def _hear(self, identity: Identity, recording: Recording, language: str) -> Heard:
        transcriber = self._transcriber
        if transcriber is None:
            raise BadRequest("voice_needs_model")
        bill = VoiceBill(self._purse, identity, transcriber.answering, recording)
        began, heard = perf_counter(), None
        reason: str | None = "left"
        await bill.admit()
        try:
            heard = await transcriber.hear(recording, language)
            reason = None
        except LeaError as error:
            reason = error.reason
            bill.failed(error)
            if reason != "model_unknown":
                raise
            self._deaf_until = self._clock.monotonic() + DEAF_S
            raise BadRequest("voice_needs_model") from error
        finally:
            await bill.settle(heard)
            _report(identity, transcriber, recording, heard, bill, reason, began)
        return Heard(heard.text[:CHARACTERS], heard.seconds, heard.usage)


def _report(
    identity: Identity,
    transcriber: Transcriber,
    recording: Recording,
    heard: Heard | None,
    bill: VoiceBill,
    reason: str | None,
    began: float,
) -> None:
    seconds = recording.seconds if heard is None else heard.seconds
    log.info(
        "voice.heard",
        user_id=identity.user_id,
        company_id=identity.company_id,
        kind=recording.kind,
        bytes=recording.bytes,
        seconds=seconds and ceil(seconds),
        characters=heard and len(heard.text),
        provider=transcriber.answering.name,
        model=transcriber.answering.model,
        cost_nano_usd=bill.cost,
        error=reason,
        ms=round((perf_counter() - began) * 1000, 3),
    )
