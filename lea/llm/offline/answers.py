"""From a request to the Markdown that answers it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from lea.errors import LeaError
from lea.llm.offline.facts import Facts, File, JobCounts
from lea.llm.offline.markdown import amount, bullets, day, escaped, number, table
from lea.llm.offline.phrases import LABELS, say
from lea.llm.offline.rules import Intent, Request
from lea.llm.provider import Caller
from lea.messages import File as ReceivedFile
from lea.sentences import Language

THREADS_SHOWN: Final = 10
FILES_SHOWN: Final = 20


async def answer(request: Request, caller: Caller, facts: Facts) -> str:
    """What Léa says; a fact that cannot be read is a sentence of it, never an exception."""
    write, unreadable = WRITERS[request.intent]
    try:
        return await write(request, caller, facts)
    except LeaError:
        return say(unreadable, request.language)


def received(files: Iterable[ReceivedFile], language: Language) -> str:
    """Which files came with a question, and that nothing here can read them."""
    named = []
    for file in files:
        phrase, count = ("received_lines", file.lines) if file.lines > 1 else ("received_line", file.characters)
        named.append(say(phrase, language, name=escaped(file.name), count=number(count, language)))
    return say("received", language, files=", ".join(named))


async def _greeting(request: Request, caller: Caller, facts: Facts) -> str:
    language = request.language
    try:
        person = await facts.user_context(caller.user_id, caller.company_id)
        hello = say("hello", language, name=escaped(person.name))
    except LeaError:
        hello = say("hello_nobody", language)
    return f"{hello} {say('about', language)}\n\n{_abilities(language)}"


async def _help(request: Request, _caller: Caller, _facts: Facts) -> str:
    return f"{say('about', request.language)}\n\n{_abilities(request.language)}"


async def _unknown(request: Request, _caller: Caller, _facts: Facts) -> str:
    return f"{say('unknown', request.language)}\n\n{_abilities(request.language)}"


async def _thanks(request: Request, _caller: Caller, _facts: Facts) -> str:
    return say("thanks", request.language)


async def _bye(request: Request, _caller: Caller, _facts: Facts) -> str:
    return say("bye", request.language)


async def _whoami(request: Request, caller: Caller, facts: Facts) -> str:
    language = request.language
    person = await facts.user_context(caller.user_id, caller.company_id)
    lines = (
        say("email", language, value=escaped(person.email)),
        say("role", language, value=_label(person.role, language)),
        say("company", language, value=escaped(person.company_name)),
    )
    return f"{say('you_are', language, name=escaped(person.name))}\n\n{bullets(lines)}"


async def _threads(request: Request, caller: Caller, facts: Facts) -> str:
    language = request.language
    threads = await facts.recent_threads(caller.user_id, THREADS_SHOWN)
    if not threads:
        return say("no_threads", language)
    opening = say(_plural("threads", len(threads)), language, count=number(len(threads), language))
    head = (say("head_thread", language), say("head_updated", language))
    rows = [
        (escaped(thread.title) or say("untitled", language), day(thread.updated_at, language)) for thread in threads
    ]
    return f"{opening}\n\n{table(head, rows)}"


async def _files(request: Request, caller: Caller, facts: Facts) -> str:
    language = request.language
    found = await facts.files(
        caller.company_id, kinds=request.kinds, stages=request.stages, reference="", limit=FILES_SHOWN
    )
    chosen = _filter((*request.kinds, *request.stages), language)
    if not found.total:
        return say("no_files", language, filter=chosen)
    phrase = "files_more" if found.total > len(found.files) else _plural("files", found.total)
    counts = {"count": number(found.total, language), "shown": number(len(found.files), language)}
    head = [say(name, language) for name in ("head_reference", *FILE_HEADS)]
    rows = [(escaped(file.reference), *_cells(file, language)) for file in found.files]
    return f"{say(phrase, language, filter=chosen, **counts)}\n\n{table(head, rows, numbers_from=4)}"


async def _file(request: Request, caller: Caller, facts: Facts) -> str:
    language = request.language
    found = await facts.files(caller.company_id, kinds=(), stages=(), reference=request.reference, limit=1)
    if not found.files:
        return say("no_file", language, reference=escaped(request.reference))
    file = found.files[0]
    lines = [
        say("field", language, label=say(head, language), value=value)
        for head, value in zip(FILE_HEADS, _cells(file, language), strict=True)
    ]
    return f"{say('file', language, reference=escaped(file.reference))}\n\n{bullets(lines)}"


async def _jobs(request: Request, caller: Caller, facts: Facts) -> str:
    return counted_jobs(await facts.jobs_metrics(caller.company_id), request)


def counted_jobs(metrics: JobCounts, request: Request) -> str:
    """How many jobs there are of the states and departments asked for, of all where none is, and what is missing."""
    told = _counted(metrics, request)
    if not metrics.missing:
        return told
    names = ", ".join(map(escaped, metrics.missing))
    return f"{told}\n\n{say('jobs_missing', request.language, names=names)}"


def _counted(metrics: JobCounts, request: Request) -> str:
    language = request.language
    counts = _chosen_counts(metrics, request)
    total = sum(sum(states.values()) for states in counts.values())
    phrase = _plural("jobs", total) if total else "jobs_none"
    chosen = _filter((*request.departments, *request.states), language)
    opening = say(phrase, language, count=number(total, language), filter=chosen)
    states = list(dict.fromkeys(state for department in counts.values() for state in department))
    if not total or (len(counts) == 1 and len(states) == 1):
        return opening
    several = len(states) > 1
    head = [say("head_department", language), *(_label(state, language) for state in states)]
    rows = [
        [_label(department, language), *_row([found.get(state, 0) for state in states], language, several)]
        for department, found in counts.items()
    ]
    if len(counts) > 1:
        sums = [sum(found.get(state, 0) for found in counts.values()) for state in states]
        rows.append([say("total", language), *_row(sums, language, several)])
    if several:
        head.append(say("total", language))
    return f"{opening}\n\n{table(head, rows, numbers_from=1)}"


Writer = Callable[[Request, Caller, Facts], Awaitable[str]]
FILE_HEADS: Final = ("head_kind", "head_stage", "head_address", "head_price")
WRITERS: Final[Mapping[Intent, tuple[Writer, str]]] = {
    "greeting": (_greeting, "unreadable_profile"),
    "help": (_help, "unreadable_profile"),
    "whoami": (_whoami, "unreadable_profile"),
    "threads": (_threads, "unreadable_threads"),
    "files": (_files, "unreadable_files"),
    "file": (_file, "unreadable_files"),
    "jobs": (_jobs, "unreadable_jobs"),
    "thanks": (_thanks, "unreadable_profile"),
    "bye": (_bye, "unreadable_profile"),
    "unknown": (_unknown, "unreadable_profile"),
}


def _abilities(language: Language) -> str:
    abilities = ("can_whoami", "can_threads", "can_files", "can_jobs", "can_act")
    return f"{say('can', language)}\n\n{bullets(say(ability, language) for ability in abilities)}"


def _chosen_counts(metrics: JobCounts, request: Request) -> dict[str, dict[str, int]]:
    return {
        department: {state: count for state, count in states.items() if not request.states or state in request.states}
        for department, states in metrics.counts.items()
        if not request.departments or department in request.departments
    }


def _cells(file: File, language: Language) -> tuple[str, str, str, str]:
    price = amount(file.price_cents, file.currency, language)
    return _label(file.kind, language), _label(file.stage, language), escaped(file.address), price


def _row(counts: list[int], language: Language, several: bool) -> list[str]:
    """The counts, with their sum where they are several."""
    return [number(count, language) for count in ([*counts, sum(counts)] if several else counts)]


def _filter(values: Iterable[str], language: Language) -> str:
    labels = ", ".join(_label(value, language) for value in values)
    return say("filter", language, values=labels) if labels else ""


def _label(value: str, language: Language) -> str:
    known = LABELS.get(value)
    return escaped(value) if known is None else known[language]


def _plural(phrase: str, count: int) -> str:
    return f"{phrase}_one" if count == 1 else f"{phrase}_many"
