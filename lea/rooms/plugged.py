"""What installed packages bring to this server: found and made before it listens, since both read the disk."""

from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web
from pydantic import ValidationError

from lea import plugins
from lea.config import BUILT_IN, NAME, Config
from lea.errors import StartError
from lea.llm.plugged import is_provider
from lea.llm.provider import Provider
from lea.outside import ForeignJobs as Terms
from lea.plugins import Plugins
from lea.sources.foreign import Foreign
from lea.sources.plugged import is_source

TAKEN: Final = frozenset({*BUILT_IN, "lea", "database", "redis", "openai", "fallback", "offline", "actions", "drill"})
"""Names that `/health`, metrics and answers have already."""


@dataclass(frozen=True, slots=True)
class PluggedSource:
    """A source that is on, for the company of its terms."""

    name: str
    terms: Terms
    source: Foreign


@dataclass(frozen=True, slots=True)
class Plugged:
    """`provider` and `fallback` are those `[llm]` and `[llm_fallback]` name."""

    plugins: Plugins
    sources: tuple[PluggedSource, ...] = ()
    provider: Provider | None = None
    fallback: Provider | None = None


PLUGGED = web.AppKey("plugged", Plugged)


def plugged(config: Config) -> Plugged:
    """Raises StartError for whatever does not fit."""
    found = Plugins(config.plugins)
    for group in (plugins.SOURCES, plugins.PROVIDERS):
        for name in found.names(group):
            if name in TAKEN or not NAME.fullmatch(name):
                raise StartError(f"plugin {name} ({group}): the name is taken, or is none: small letters, digits and _")
    return Plugged(
        found,
        tuple(one for name in found.names(plugins.SOURCES) if (one := _source(found, name)) is not None),
        _provider(found, config.llm.provider),
        _provider(found, config.llm_fallback.provider),
    )


def _source(found: Plugins, name: str) -> PluggedSource | None:
    """None while it has no company, as with those of Léa's own."""
    table = found.table(name)
    try:
        terms = Terms.model_validate({key: table.pop(key) for key in Terms.model_fields if key in table})
    except ValidationError as error:
        raise StartError(plugins.wrong_setting(name, error)) from None
    if not terms.company:
        return None
    made: Any = found.make(plugins.SOURCES, name, "a source", is_source, table)
    return PluggedSource(name, terms, made)


def _provider(found: Plugins, name: str) -> Provider | None:
    if not name:
        return None
    made: Provider = found.make(plugins.PROVIDERS, name, "a provider", is_provider, found.table(name))
    return made
