"""The offline engine: what it understands, what it refuses to guess, and how it tells an answer."""

import asyncio
import csv
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lea.errors import DatabaseTimeout, NetworkError
from lea.ids import CompanyId, UserId
from lea.llm.local import LocalEngine
from lea.llm.offline.lexicon import LEXICON
from lea.llm.offline.markdown import amount, escaped, number
from lea.llm.offline.phrases import LABELS, PHRASES
from lea.llm.offline.rules import OPEN_STAGES, OPEN_STATES, Request, understand
from lea.llm.provider import Caller, Finished, ModelEvent, Prompt, Provider, Usage
from lea.messages import Assistant, User
from lea.records.sample import SAMPLE_FILES
from lea.sentences import Language
from lea.sources import source
from lea.sources.source import DEPARTMENTS, STATES, FilesFound, FileSummary, JobsMetrics, UserContext

COMPANY = CompanyId("c1")
CLAIRE = Caller(UserId("u1"), COMPANY, "fr")
PAUL = Caller(UserId("u2"), COMPANY, "en")
OTHER: dict[str, Language] = {"fr": "en", "en": "fr"}
EVEN = (
    "T-104",
    "T-104?",
    "apbookkeeper jobs",
    "ciao",
    "transaction T-107 details",
    "ok",
    "asdfghjkl",
    "???",
    "1234",
    "😀",
)


class Phrase(NamedTuple):
    language: Language
    text: str
    intent: str
    about: frozenset[str]


def phrases() -> list[Phrase]:
    with (Path(__file__).parent / "data" / "offline_phrases.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Phrase("fr" if row["language"] == "fr" else "en", row["phrase"], row["intent"], about(row)) for row in rows]


def about(row: dict[str, str]) -> frozenset[str]:
    """The slots a phrase names; `open` stands for all that are not closed."""
    opened = OPEN_STAGES if row["intent"] == "files" else OPEN_STATES
    slots = row["about"].split()
    return frozenset(slots) - {"open"} | (frozenset(opened) if "open" in slots else frozenset())


def slots(request: Request) -> frozenset[str]:
    named = {*request.kinds, *request.stages, *request.states, *request.departments, request.reference}
    return frozenset(named - {""})


@dataclass(frozen=True)
class Thread:
    title: str
    updated_at: float


FILE = FileSummary("T-104", "sale", "mandate", "12 rue de la Paix, 75002 Paris", 350_000_00, "EUR", 1.8e9)
PERSON = UserContext(
    CLAIRE.user_id, "Claire Morel", "claire@agence.example", "admin", "fr", COMPANY, "Agence Lumière", "sql", ()
)


@dataclass
class Known:
    """Facts that are as the test says."""

    person: UserContext = PERSON
    threads: Sequence[Thread] = ()
    found: Sequence[FileSummary] = (FILE,)
    more_files: int = 0
    metrics: JobsMetrics = JobsMetrics.of([("bank", "pending", 1), ("router", "failed", 1234)])  # noqa: RUF009

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        return self.person

    async def recent_threads(self, user_id: UserId, limit: int) -> Sequence[Thread]:
        return self.threads[:limit]

    async def files(
        self, company_id: CompanyId, *, kinds: Collection[str], stages: Collection[str], reference: str, limit: int
    ) -> FilesFound:
        fitting = [file for file in self.found if reference in ("", file.reference)]
        fitting = [file for file in fitting if not kinds or file.kind in kinds]
        fitting = [file for file in fitting if not stages or file.stage in stages]
        return FilesFound(tuple(fitting[:limit]), len(fitting) + self.more_files)

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        return self.metrics


class Down:
    """Facts that cannot be read."""

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> UserContext:
        raise DatabaseTimeout

    async def recent_threads(self, user_id: UserId, limit: int) -> Sequence[Thread]:
        raise DatabaseTimeout

    async def files(
        self, company_id: CompanyId, *, kinds: Collection[str], stages: Collection[str], reference: str, limit: int
    ) -> FilesFound:
        raise NetworkError

    async def jobs_metrics(self, company_id: CompanyId) -> JobsMetrics:
        raise NetworkError


def prompt(text: str, caller: Caller = CLAIRE) -> Prompt:
    return Prompt("", (User("hello"), Assistant("Hello!"), User(text)), caller)


async def events(engine: Provider, asked: Prompt) -> list[ModelEvent]:
    async with engine.open(asked) as stream:
        return [event async for batch in stream for event in batch]


async def told(text: str, caller: Caller = CLAIRE, facts: Known | Down | None = None) -> str:
    engine = LocalEngine(facts or Known(), words_per_second=0)
    return "".join(event for event in await events(engine, prompt(text, caller)) if isinstance(event, str))


def test_of_the_phrases_95_in_100_are_understood_and_none_wrongly(
    record_property: Callable[[str, object], None],
) -> None:
    outcomes: Counter[str] = Counter()
    faults = []
    for phrase in phrases():
        request = understand(phrase.text, phrase.language)
        if (request.intent, slots(request)) == (phrase.intent, phrase.about):
            outcomes["right" if request.intent != "unknown" else "left alone"] += 1
            continue
        outcomes["missed" if request.intent == "unknown" else "wrong"] += 1
        faults.append((phrase, request))
    rate = outcomes["right"] / (outcomes["right"] + outcomes["missed"])
    record_property("offline_engine", f"{dict(outcomes)}, {rate:.1%} of what it should understand")
    assert outcomes["wrong"] == 0, faults
    assert rate >= 0.95, faults
    assert outcomes["left alone"] >= 30
    assert len(phrases()) >= 120


def test_the_language_of_the_question_wins_over_the_callers() -> None:
    for phrase in phrases():
        assert understand(phrase.text, phrase.language).language == phrase.language, phrase
        if phrase.intent != "unknown" and phrase.text not in EVEN:
            assert understand(phrase.text, OTHER[phrase.language]).language == phrase.language, phrase


@pytest.mark.parametrize("text", EVEN)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_question_that_points_to_no_language_gets_the_callers(text: str, language: Language) -> None:
    assert understand(text, language).language == language


@pytest.mark.parametrize("wrapped", ["{}", "  {} !!", "Bonjour Léa, {}, s'il vous plaît", "{} svp, merci"])
@pytest.mark.parametrize("phrase", ["mes dossiers", "MES DOSSIERS", "mes dossiers\u0301"])
def test_manners_accents_case_and_punctuation_change_nothing(wrapped: str, phrase: str) -> None:
    assert understand(wrapped.format(phrase), "en").intent == "files"


@pytest.mark.parametrize("wrapped", ["ne {} pas", "don't {}", "{} sauf un", "delete {}", "{} yesterday", "supprime {}"])
def test_a_word_the_rules_do_not_know_stops_them(wrapped: str) -> None:
    for phrase in phrases():
        assert understand(wrapped.format(phrase.text), phrase.language).intent == "unknown", phrase


def test_a_message_too_long_for_a_question_is_not_understood() -> None:
    assert understand("mes dossiers " * 16_000, "fr").intent == "unknown"


def test_every_phrase_and_label_is_there_in_both_languages() -> None:
    for name, sentences in (*PHRASES.items(), *LABELS.items()):
        assert set(sentences) == {"fr", "en"}, name
    kinds_and_stages = {value for file in SAMPLE_FILES for value in file[1:3]}
    assert {*kinds_and_stages, *DEPARTMENTS, *STATES, "admin", "member"} == set(LABELS)
    assert OPEN_STATES == source.OPEN_STATES


def test_the_lexicon_knows_no_word_that_reverses_a_meaning() -> None:
    reversing = {
        "ne",
        "pas",
        "sans",
        "sauf",
        "jamais",
        "aucun",
        "not",
        "don",
        "t",
        "never",
        "without",
        "except",
        "none",
    }
    for meanings in LEXICON.values():
        assert not reversing & {word for expression in meanings for word in expression if len(expression) == 1}


async def test_greeting_and_help_say_that_no_model_is_configured() -> None:
    assert "Aucun modèle n'est configuré" in await told("Bonjour")
    assert "Bonjour Claire Morel\u00a0!" in await told("Bonjour")
    assert "No model is configured" in await told("help", PAUL)


async def test_what_is_not_understood_is_said_in_the_language_of_the_question() -> None:
    assert (await told("Write me a poem about the sea", CLAIRE)).startswith("I did not understand that.")
    assert (await told("Écris-moi un poème sur la mer", PAUL)).startswith("Je n'ai pas compris cette demande.")
    assert "Combien de tâches" in await told("Écris-moi un poème", PAUL)


async def test_files_are_told_with_amounts_in_the_language_s_notation() -> None:
    assert "350\u00a0000\u00a0€ |" in await told("mes dossiers")
    assert "€350,000 |" in await told("my files", PAUL)
    assert "Il y a **1 dossier**\u00a0:" in await told("mes dossiers")
    assert "There are no files (rental)." in await told("my rentals", PAUL)


async def test_more_files_than_are_shown_are_counted() -> None:
    facts = Known(found=[replace(FILE, reference=f"T-{n}") for n in range(25)])
    answer = await told("my files", PAUL, facts)
    assert "There are **25 files**. These are the 20 changed last:" in answer
    assert answer.count("\n| T-") == 20


async def test_a_file_that_is_not_there_is_said_so() -> None:
    assert await told("T-999") == "Votre entreprise n'a pas de dossier T-999."
    assert "- Étape\u00a0: mandat" in await told("Où en est le dossier t104 ?")


async def test_jobs_are_counted_by_department_and_state() -> None:
    assert await told("pending jobs at the bank", PAUL) == "There is **1 job** (bank, pending)."
    assert await told("Combien de tâches à traiter ?") == "Il n'y a aucune tâche (à traiter)."
    answer = await told("Combien de tâches ?")
    assert "Il y a **1\u00a0235 tâches**." in answer
    assert "| routage | 0 | 0 | 0 | 0 | 1\u00a0234 | 1\u00a0234 |" in answer


async def test_jobs_of_a_department_nobody_named_are_still_shown() -> None:
    facts = Known(metrics=JobsMetrics.of([("legal|", "on_hold", 2)]))
    answer = await told("How many jobs are there?", PAUL, facts)
    assert "There are **2 jobs**." in answer
    assert "| legal\\| | 0 | 0 | 0 | 0 | 0 | 2 | 2 |" in answer


async def test_conversations_are_told_newest_first_with_their_day() -> None:
    assert await told("my conversations", PAUL) == "You have no conversation yet."
    facts = Known(threads=[Thread("Offre T-104", 1_773_316_800.0), Thread("", 0.0)])
    assert "| Offre T-104 | 12\u00a0March\u00a02026 |\n| Untitled |" in await told("my conversations", PAUL, facts)


async def test_who_am_i_tells_name_role_and_company() -> None:
    answer = await told("Qui suis-je ?")
    assert "Vous êtes **Claire Morel**." in answer
    assert "- Rôle\u00a0: administrateur\n- Entreprise\u00a0: Agence Lumière" in answer


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("my files", "The files cannot be read right now."),
        ("T-104", "The files cannot be read right now."),
        ("my conversations", "Your conversations cannot be read right now."),
        ("how many jobs", "The jobs cannot be read right now."),
        ("who am i", "Your profile cannot be read right now."),
        ("hello", "Hello! I am Léa."),
    ],
)
async def test_a_fact_that_cannot_be_read_is_a_sentence(question: str, sentence: str) -> None:
    assert (await told(question, PAUL, Down())).startswith(sentence)


async def test_data_cannot_break_the_markdown_it_stands_in() -> None:
    facts = Known(found=[replace(FILE, address="1 | **rue**\n\n# <b>[x](https://evil.example) `a` www.evil.example")])
    row = (await told("my files", PAUL, facts)).splitlines()[-1]
    address = r"1 \| \*\*rue\*\* # \<b\>\[x\](https\://evil.example) \`a\` www\.evil.example"
    assert row == f"| T-104 | sale | mandate | {address} | €350,000 |"


@given(st.text())
def test_escaped_data_is_one_line_in_which_nothing_formats(text: str) -> None:
    line = escaped(text)
    assert line.splitlines() in ([], [line])
    bare = line.replace("\\\\", "")
    assert all(bare[place - 1 : place] == "\\" for place, sign in enumerate(bare) if sign in "`*_[]<>|~&")


@pytest.mark.parametrize(
    ("cents", "currency", "french", "english"),
    [
        (35_000_000, "EUR", "350 000 €", "€350,000"),
        (142_050, "EUR", "1 420,50 €", "€1,420.50"),
        (99, "EUR", "0,99 €", "€0.99"),
        (-100_000, "EUR", "-1 000 €", "€-1,000"),
        (100_000, "USD", "1 000 USD", "USD 1,000"),
        (None, None, "–", "–"),
    ],
)
def test_amounts_follow_the_language(cents: int | None, currency: str | None, french: str, english: str) -> None:
    assert amount(cents, currency, "fr").replace("\u00a0", " ") == french
    assert amount(cents, currency, "en").replace("\u00a0", " ") == english
    assert number(1_234_567, "en") == "1,234,567"


asked_texts = st.one_of(
    st.text(),
    st.sampled_from([phrase.text for phrase in phrases()]),
    st.lists(
        st.sampled_from(["mes", "my", "dossiers", "files", "T-104", "bank", "jobs", "en cours", "à traiter", "pas"])
    ).map(" ".join),
)


@settings(deadline=None)
@given(text=asked_texts, language=st.sampled_from(["fr", "en"]))
async def test_any_text_is_answered_as_text_then_usage_then_the_end(text: str, language: Language) -> None:
    asked = prompt(text, replace(CLAIRE, language=language))
    *pieces, usage, finished = await events(LocalEngine(Known(), words_per_second=0), asked)
    assert pieces
    assert all(isinstance(piece, str) for piece in pieces)
    assert isinstance(usage, Usage)
    assert usage.estimated
    assert finished == Finished("stop")


@settings(deadline=None)
@given(text=asked_texts)
async def test_the_same_question_has_the_same_answer_word_for_word(text: str) -> None:
    slow, fast = LocalEngine(Known(), words_per_second=1e6), LocalEngine(Known(), words_per_second=0)
    assert await events(slow, prompt(text)) == await events(fast, prompt(text))


async def test_each_batch_is_one_word() -> None:
    async with LocalEngine(Known(), words_per_second=0).open(prompt("merci")) as stream:
        assert [batch async for batch in stream][:-1] == [("Avec ",), ("plaisir\u00a0!",)]


async def test_a_prompt_without_a_person_s_words_is_not_understood() -> None:
    engine = LocalEngine(Known(), words_per_second=0)
    first = (await events(engine, Prompt("", (), PAUL)))[0]
    assert first == "I "


async def test_words_appear_at_the_pace_and_not_before() -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    words = await events(LocalEngine(Known(), words_per_second=200), prompt("help"))
    assert clock() - began >= (len(words) - 2) / 200


async def test_leaving_in_mid_answer_ends_it_at_once() -> None:
    engine = LocalEngine(Known(), words_per_second=0.01)
    async with asyncio.timeout(20), engine.open(prompt("aide")) as stream:
        assert await anext(stream) == ("Je ",)
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_cancelling_a_reader_waits_for_no_word() -> None:
    engine = LocalEngine(Known(), words_per_second=0.01)
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await events(engine, prompt("help"))
    assert asyncio.get_running_loop().time() - began < 20, "a word takes a hundred seconds"


@pytest.fixture
async def engine() -> AsyncIterator[Provider]:
    provider: Provider = LocalEngine(Known(), words_per_second=0)
    yield provider
    await provider.aclose()


async def test_it_is_a_provider_that_always_answers(engine: Provider) -> None:
    assert (engine.answering.name, engine.answering.model) == ("offline", "rules")
    await engine.ping()
    assert await events(engine, prompt("bonjour"))
