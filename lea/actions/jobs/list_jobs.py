"""List the jobs that are still open."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Facts, Look, Scope
from lea.actions.jobs.jobs import JobsArguments
from lea.actions.phrases import say
from lea.llm.offline.markdown import bullets, escaped, number
from lea.llm.offline.phrases import LABELS
from lea.sentences import Language

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
        jobs = (await facts.jobs(arguments.department, arguments.state)).jobs
        if not jobs:
            return say("jobs_none", scope.language)
        lines = [
            f"{escaped(job.title)} ({_label(job.department, scope.language)}, {_label(job.state, scope.language)})"
            for job in jobs[:SHOWN]
        ]
        if len(jobs) > SHOWN:
            lines.append(say("jobs_more", scope.language, count=number(len(jobs) - SHOWN, scope.language)))
        return say("jobs", scope.language, count=number(len(jobs), scope.language), what=bullets(lines))


def _label(value: str, language: Language) -> str:
    known = LABELS.get(value)
    return escaped(value) if known is None else known[language]
