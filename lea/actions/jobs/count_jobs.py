"""Count the departments' jobs."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Facts, Look, Scope
from lea.actions.jobs.jobs import JobsArguments
from lea.llm.offline.answers import counted_jobs
from lea.llm.offline.rules import Request
from lea.sentences import Language


class CountJobs(Look[JobsArguments]):
    name = "count_jobs"
    arguments = JobsArguments
    description = (
        "How many jobs the departments (apbookkeeper, router, bank) have, by state (to_process, in_process, pending, "
        "done, failed)."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Compter les tâches", "en": "Count jobs"}

    async def run(self, scope: Scope, arguments: JobsArguments, facts: Facts) -> str:
        request = Request(
            "jobs",
            scope.language,
            states=(arguments.state,) if arguments.state else (),
            departments=(arguments.department,) if arguments.department else (),
        )
        return counted_jobs(await facts.jobs_metrics(), request)
