"""Tell what is asked at set times."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Facts, Look, Scope
from lea.actions.phrases import say
from lea.actions.schedules.asks import SHOWN, line
from lea.llm.offline.markdown import bullets
from lea.sentences import Language
from lea.store import schedules


class NoArguments(Arguments):
    """Nothing to say."""


class ListSchedules(Look[NoArguments]):
    name = "list_schedules"
    arguments = NoArguments
    description = "What the person has you asked at set times, and when each comes next."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Demandes programmées", "en": "Scheduled asks"}

    async def run(self, scope: Scope, arguments: NoArguments, facts: Facts) -> str:
        found = await facts.read(lambda connection: schedules.all_of(connection, scope.identity.user_id, SHOWN))
        lines = [line(one, scope.language) for one in found if one.state != "ended"]
        return say("schedules", scope.language, what=bullets(lines)) if lines else say("schedules_none", scope.language)
