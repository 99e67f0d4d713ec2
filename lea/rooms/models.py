"""Who answers: the configured model, those that stand in for it, and the offline engine."""

from collections.abc import Callable

from pydantic import SecretStr

from lea.clock import Clock
from lea.config import Config, Llm
from lea.config import Provider as Server
from lea.handlers.keys import Asked
from lea.llm.failover import Failover
from lea.llm.guarded import Guarded
from lea.llm.local import LocalEngine
from lea.llm.plugged import PluggedProvider
from lea.llm.prices import FREE
from lea.llm.provider import Answering, Provider
from lea.llm.stream import OpenAIStream
from lea.llm.structured import Shaped
from lea.manager.outcome import estimate_unfinished
from lea.resilience.dependency import Dependencies
from lea.resilience.health import Check
from lea.resilience.http import HttpClient
from lea.rooms.plugged import Plugged
from lea.sources.facts import CompanyFacts
from lea.store.checkpoints import Estimate, Unfinished

TELLER = "actions"
"""How what was done is told by: rules, and never a model."""
FALLBACK = "fallback"
"""How the model of `llm_fallback` is called in `done.provider`."""


def provider_of(config: Config, facts: CompanyFacts, dependencies: Dependencies, plugged: Plugged) -> Provider:
    """The configured model with those that stand in for it, or the engine that needs none."""
    settings = config.llm.model_copy(update=config.llm_fallback.model_dump())
    models: list[Guarded] = []
    if plugged.provider is not None:
        models.append(_plugged("llm", plugged.provider, config.llm, dependencies, config.llm.provider, lesser=False))
    elif config.llm.configured:
        models.append(_model("llm", config.llm, dependencies, name="openai", lesser=False))
    else:
        return LocalEngine(facts)
    if plugged.fallback is not None:
        models.append(_plugged("llm_fallback", plugged.fallback, settings, dependencies, FALLBACK, lesser=True))
    elif config.llm_fallback.configured:
        models.append(_model("llm_fallback", settings, dependencies, name=FALLBACK, lesser=True))
    return Failover(models, LocalEngine(facts, lesser=True), config.llm.total_timeout)


def broken_at(config: Config, facts: CompanyFacts, clock: Clock, asked: Provider) -> Callable[[str], Failover]:
    """What a drill puts in the place of the first model; those that stand in for that one are the real ones."""
    in_its_place = asked.models[1:] if isinstance(asked, Failover) else ()

    def broken_at(url: str) -> Failover:
        settings = config.llm.model_copy(update={"base_url": url, "api_key": SecretStr("")})
        dependencies = Dependencies({"drill": config.dependencies["llm"]}, clock)
        broken = _model("drill", settings, dependencies, name="drill", lesser=False)
        return Failover([broken, *in_its_place], LocalEngine(facts, lesser=True), config.llm.total_timeout)

    return broken_at


def _model(dependency_name: str, config: Llm, dependencies: Dependencies, *, name: str, lesser: bool) -> Guarded:
    dependency = dependencies.get(dependency_name)
    limits = dependency.settings
    http = HttpClient(
        dependency_name,
        connect_timeout=limits.connect_timeout,
        connections=limits.concurrency + 1,  # one to look whether it answers at all, however busy it is
        read_timeout=limits.read_timeout or None,
    )
    return Guarded(Shaped(OpenAIStream(config, http, name=name, lesser=lesser)), config, dependency)


def _plugged(
    dependency_name: str, provider: Provider, config: Llm, dependencies: Dependencies, name: str, *, lesser: bool
) -> Guarded:
    kept = PluggedProvider(provider, config, name=name, lesser=lesser)
    return Guarded(Shaped(kept), config, dependencies.get(dependency_name))


def llm_checks(provider: Provider) -> dict[str, Check]:
    """The model, and whoever stands in for it."""
    if not isinstance(provider, Failover):
        return {"llm": Check(provider.ping, vital=False, detail=provider.answering.name, believed_s=15)}
    return {
        model.dependency.name: Check(
            model.ping,
            vital=False,
            detail=model.answering.name,
            believed_s=15,
            impaired=model.dependency.impaired,
        )
        for model in provider.models
    }


def asked_in_turn(provider: Provider) -> tuple[Asked, ...]:
    """Everybody who may answer, the one that is meant first; the offline engine has no breaker."""
    if not isinstance(provider, Failover):
        return (Asked(provider.answering, None),)
    models = [Asked(model.answering, model.dependency.breaker) for model in provider.models]
    return (*models, Asked(Answering("offline", "rules", FREE, True), None))


def estimates(config: Config) -> Callable[[Unfinished], Estimate]:
    """What the call of a turn is accounted with whose process is gone; what was told without a model is not."""

    def asked(left: Unfinished, by: Server) -> Answering:
        return Answering(
            left.provider or "",
            left.model or "",
            by.provider or by.base_url or "openai",
            False,
            (by.price_in, by.price_out),
        )

    def estimated(left: Unfinished) -> Estimate:
        if left.provider in {None, TELLER}:
            return Estimate(None, None)
        by = config.llm_fallback if left.provider == FALLBACK else config.llm
        answering = Answering("offline", "rules", FREE) if left.provider == FREE else asked(left, by)
        return estimate_unfinished(left, answering, config.budgets.unpriced_per_million)

    return estimated
