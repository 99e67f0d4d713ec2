"""List the jobs that are still open."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from lea.actions.action import Facts, Look, Scope
from lea.actions.jobs.jobs import JobsArguments
from lea.actions.phrases import say
from lea.llm.offline.markdown import bullets, escaped, number
from lea.llm.offline.phrases import LABELS
from lea.sentences import Language
from lea.sources.source import JobSummary

SHOWN = 20


class ListJobs(Look[JobsArguments]):
    name = "list_jobs"
    arguments = JobsArguments
    description = (
        "The departments' jobs (apbookkeeper, router, bank), newest first; of one department or state "
        "(to_process, in_process, pending, done, failed) if given, else those still open."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Lister les tâches", "en": "List jobs"}

    async def run(self, scope: Scope, arguments: JobsArguments, facts: Facts) -> str:
        found = await facts.jobs(arguments.department, arguments.state)
        told = _listed(found.jobs, scope.language)
        if not found.missing:
            return told
        return f"{told}\n\n{say('jobs_missing', scope.language, names=', '.join(map(escaped, found.missing)))}"


def _listed(jobs: Sequence[JobSummary], language: Language) -> str:
    if not jobs:
        return say("jobs_none", language)
    lines = [
        f"{escaped(job.title)} ({_label(job.department, language)}, {_label(job.state, language)})"
        for job in jobs[:SHOWN]
    ]
    if len(jobs) > SHOWN:
        lines.append(say("jobs_more", language, count=number(len(jobs) - SHOWN, language)))
    return say("jobs", language, count=number(len(jobs), language), what=bullets(lines))


def _label(value: str, language: Language) -> str:
    known = LABELS.get(value)
    return escaped(value) if known is None else known[language]
