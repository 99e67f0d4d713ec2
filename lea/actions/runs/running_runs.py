"""Tell how far long work is."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Facts, Look, Scope
from lea.actions.phrases import say
from lea.llm.offline.markdown import escaped
from lea.sentences import Language
from lea.store import runs


class NoArguments(Arguments):
    """Nothing to say."""


class RunningRuns(Look[NoArguments]):
    name = "running_runs"
    arguments = NoArguments
    description = "Which long work is under way in the background, and how much of it is done."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Traitements en cours", "en": "Runs under way"}

    async def run(self, scope: Scope, arguments: NoArguments, facts: Facts) -> str:
        found = await facts.read(lambda connection: runs.under_way(connection, scope.identity.company_id))
        lines = [
            say(
                "run_line",
                scope.language,
                what=escaped(run.pipeline),
                done=str(run.jobs_completed + run.jobs_failed),
                total=str(run.jobs_total),
                failed=str(run.jobs_failed),
            )
            for run in found
        ]
        return "\n".join(lines) if lines else say("runs_none", scope.language)
