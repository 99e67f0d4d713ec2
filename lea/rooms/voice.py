"""Who listens to what people say, if anybody does."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.config import Config, Llm
from lea.handlers.keys import BUDGETS, CLOCK, CONFIG, DEPENDENCIES, STORE
from lea.handlers.voice import VOICE
from lea.llm.openai import OpenAIClient
from lea.llm.provider import Answering
from lea.llm.transcribing import OpenAITranscriber
from lea.manager.voice import Listening
from lea.manager.voice_bill import Purse
from lea.resilience.dependency import Dependency
from lea.resilience.single_flight import SingleFlight
from lea.rooms.keys import CALLS

NAME = "voice"


async def voice(app: web.Application) -> AsyncIterator[None]:
    config, clock = app[CONFIG], app[CLOCK]
    server = _server(config)
    transcriber = None if server is None else _transcriber(server, config, app[DEPENDENCIES].get(NAME))
    per_million = config.budgets.unpriced_per_million
    purse = Purse(app[BUDGETS], app[STORE], clock, config.voice.price_per_minute, per_million)
    app[VOICE] = Listening(transcriber, config.voice, purse, clock, SingleFlight(app[CALLS]))
    yield
    if transcriber is not None:
        await transcriber.aclose()


def _server(config: Config) -> Llm | None:
    """Where it is, and its key: never the model's key for another server."""
    settings = config.voice
    if not settings.enabled or not (settings.configured or config.llm.configured):
        return None
    if not settings.configured:
        return config.llm
    return config.llm.model_copy(update={"base_url": settings.base_url, "api_key": settings.api_key})


def _transcriber(server: Llm, config: Config, dependency: Dependency) -> OpenAITranscriber:
    limits = dependency.settings
    sdk = OpenAIClient(server, timeout=limits.read_timeout or None, connect_timeout=limits.connect_timeout)
    return OpenAITranscriber(Answering("openai", config.voice.model, server.base_url or "openai"), sdk, dependency)
