"""Find transactions."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from lea.actions.action import Arguments, Facts, Look, Scope
from lea.actions.phrases import say
from lea.actions.showing import listing
from lea.llm.offline.markdown import number
from lea.records import transactions
from lea.records.fields import Kind, Name, Stage
from lea.sentences import Language

SHOWN = 20


class FindArguments(Arguments):
    query: Name | None = None
    kind: Kind | None = None
    stage: Stage | None = None
    limit: int = Field(SHOWN, ge=1, le=50)


class FindTransactions(Look[FindArguments]):
    name = "find_transactions"
    arguments = FindArguments
    description = (
        "The company's transactions, the one changed last first: all, or those of a kind or stage, or whose reference, "
        "address or parties contain the words of `query`."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Chercher des transactions", "en": "Find files"}

    async def run(self, scope: Scope, arguments: FindArguments, facts: Facts) -> str:
        company_id = scope.identity.company_id
        found, total = await facts.read(
            lambda connection: transactions.find(
                connection,
                company_id,
                query=arguments.query or "",
                kind=arguments.kind,
                stage=arguments.stage,
                limit=arguments.limit,
            )
        )
        if not found:
            return say("found_none", scope.language)
        counts = {"count": number(total, scope.language), "shown": number(len(found), scope.language)}
        phrase = "found" if total == len(found) else "found_more"
        return say(phrase, scope.language, what=listing(found, scope.language), **counts)
