"""What an empty conversation could begin with: questions that the company's own data answers."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from aiohttp import web
from pydantic import BaseModel

from lea.handlers.analytics import OVER
from lea.handlers.keys import PROVIDER, STORE
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.llm.offline.phrases import LABELS, spaced
from lea.resilience.cache import LookupCache
from lea.sentences import Language
from lea.sources.source import OPEN_STATES
from lea.store.suggestions import Promising, promising

BELIEVED_S: Final = 5.0
KEPT: Final = 1_000
SUGGESTED = web.AppKey("suggested", LookupCache[Promising])

FILE: Final[Mapping[Language, str]] = {"fr": "Où en est le dossier {reference} ?", "en": "Show me file {reference}"}
STAGE: Final[Mapping[Language, str]] = {
    "fr": "Quels dossiers sont au stade {stage} ?",
    "en": "Which files are at the {stage} stage?",
}
JOBS: Final[Mapping[Language, str]] = {
    "fr": "Quelles tâches {department} sont {state} ?",
    "en": "Which {department} jobs are {state}?",
}
RUNS: Final[Mapping[Language, str]] = {
    "fr": "Où en sont les traitements en cours ?",
    "en": "How far are the runs under way?",
}
WORDS: Final[Mapping[str, Mapping[Language, str]]] = {
    "apbookkeeper": {"fr": "de la comptabilité", "en": "accounting"},
    "router": {"fr": "du routage", "en": "routing"},
    "bank": {"fr": "de la banque", "en": "bank"},
    "to_process": {"fr": "à traiter", "en": "to process"},
    "in_process": {"fr": "en cours", "en": "in progress"},
    "pending": {"fr": "en attente", "en": "pending"},
}

routes = Routes("suggestions")


class Suggestion(BaseModel):
    text: str


class Suggestions(BaseModel):
    suggestions: list[Suggestion]


@routes.add("GET", "/v1/lea/suggestions", answer=Suggestions)
async def suggestions(call: Call[Empty]) -> web.Response:
    """Up to four messages to begin a conversation with, out of what the company has; none where it has nothing."""
    company_id, store = call.identity.company_id, call.app[STORE]
    look = partial(promising, company_id=company_id, over=OVER, states=OPEN_STATES)
    found = await call.app[SUGGESTED].get(company_id, lambda: store.read(look))
    assert found is not None  # nothing to suggest is something that was found
    texts = told(found, call.language, free=call.app[PROVIDER].answering.name != "offline")
    return json_response({"suggestions": [{"text": text} for text in texts]})


def told(found: Promising, language: Language, *, free: bool) -> Iterator[str]:
    """As one would write it; `free`: not only what the built-in engine understands."""
    if found.reference is not None:
        yield spaced(FILE[language], language).format(reference=found.reference)
    if found.jobs is not None and WORDS.keys() >= set(found.jobs):
        department, state = (WORDS[name][language] for name in found.jobs)
        yield spaced(JOBS[language], language).format(department=department, state=state)
    if found.stage is not None:
        yield spaced(STAGE[language], language).format(stage=LABELS[found.stage][language])
    if found.runs and free:
        yield spaced(RUNS[language], language)
