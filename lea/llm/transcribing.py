"""The port of whoever writes down what is said, and what it costs."""

from dataclasses import dataclass
from math import ceil
from typing import Final, Protocol

import msgspec
from genai_prices import Usage as Counted

from lea.errors import ExternalUnavailable
from lea.llm.openai import OpenAIClient
from lea.llm.prices import LIST, NANO
from lea.llm.provider import Answering, Usage
from lea.llm.tokens import estimate
from lea.llm.transcribed_media import Recording
from lea.resilience.dependency import Dependency

TOKENS_A_SECOND: Final = 10
"""Of sound, as OpenAI counts; what others do not tell is estimated by it."""
BYTES_A_SECOND: Final = 2_000
"""Of speech as it is usually kept, where a recording does not tell its length: rather too long than too short."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Words, how long they took as far as anybody knows, and the tokens they were counted as."""

    text: str
    seconds: float | None
    usage: Usage


class Transcriber(Protocol):
    """Who writes down what is said."""

    answering: Answering

    async def hear(self, recording: Recording, language: str) -> Heard:
        """The words, which may be none; `language` (ISO 639-1) is a hint.

        Raises ExternalTimeout, ExternalUnavailable, ExternalRejected, NetworkError, CircuitOpen or Overloaded.
        """
        ...

    async def aclose(self) -> None:
        """Give back the connections."""
        ...


class OpenAITranscriber:
    """Anything that has `/audio/transcriptions`; asked again by its dependency, since asking twice changes nothing."""

    def __init__(self, answering: Answering, sdk: OpenAIClient, dependency: Dependency) -> None:
        self.answering = answering
        self._sdk = sdk
        self._dependency = dependency

    async def hear(self, recording: Recording, language: str) -> Heard:
        """See Transcriber. Its bytes are in memory only while it has its turn."""
        return await self._dependency.run(lambda: self._ask(recording, language), again=True)

    async def aclose(self) -> None:
        await self._sdk.aclose()

    async def _ask(self, recording: Recording, language: str) -> Heard:
        name = f"recording.{recording.kind}"
        data = await self._sdk.transcribe(self.answering.model, (name, recording.path, recording.media), language)
        return read(data, recording)


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    output_tokens: int | None = None
    seconds: float | None = None
    prompt_audio_seconds: float | None = None


class _Said(msgspec.Struct):
    text: str
    usage: msgspec.Raw = msgspec.Raw(b"null")


def read(data: bytes, recording: Recording) -> Heard:
    """What a server answered; usage it does not tell, or in words of its own, is estimated.

    Raises ExternalUnavailable(`answer_invalid`).
    """
    try:
        said = msgspec.json.decode(data, type=_Said)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ExternalUnavailable("answer_invalid", retryable=False) from None
    told = _told(said.usage)
    text = said.text.replace("\0", "").strip()
    seconds = next((one for one in (told.seconds, told.prompt_audio_seconds) if one and one > 0), recording.seconds)
    if told.input_tokens is None or told.output_tokens is None or min(told.input_tokens, told.output_tokens) < 0:
        return Heard(text, seconds, guessed(recording, text, seconds))
    return Heard(text, seconds, Usage(told.input_tokens, told.output_tokens))


def _told(usage: msgspec.Raw) -> _Usage:
    try:
        return msgspec.json.decode(usage, type=_Usage | None) or _Usage()
    except msgspec.DecodeError:
        return _Usage()


def lasting(recording: Recording, seconds: float | None = None) -> float:
    """Its seconds, at a guess where nobody knows."""
    return seconds or recording.seconds or recording.bytes / BYTES_A_SECOND


def guessed(recording: Recording, text: str = "", seconds: float | None = None) -> Usage:
    """What it may be counted as."""
    return Usage(ceil(lasting(recording, seconds) * TOKENS_A_SECOND), estimate(text), estimated=True)


def spoken_price(asked: Answering, per_minute: float, usage: Usage, seconds: float) -> int | None:
    """Nano-USD by the price list, which knows some models by their seconds and some by their tokens; else by the
    settings' `per_minute`; None where nobody knows."""
    counted = Counted(
        audio_seconds=seconds,
        input_audio_seconds=seconds,
        input_tokens=usage.prompt,
        input_audio_tokens=usage.prompt,
        output_tokens=usage.completion,
    )
    hint = asked.price_hint
    url, provider_id = (hint, None) if "://" in hint else (None, hint)
    try:
        return round(LIST.calc(counted, asked.model, provider_id, url, None).total_price * NANO)
    except (LookupError, ValueError):
        return round(per_minute * seconds / 60 * 1e9) if per_minute else None
