"""Show the person's latest transaction."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Facts, Look, Scope
from lea.actions.naming import LATEST
from lea.actions.transactions.show import shown
from lea.sentences import Language


class NoArguments(Arguments):
    """Nothing to say."""


class LatestTransaction(Look[NoArguments]):
    name = "latest_transaction"
    arguments = NoArguments
    description = "The transaction this person created last, or else the one the company changed last."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Ma dernière transaction", "en": "My latest file"}

    async def run(self, scope: Scope, arguments: NoArguments, facts: Facts) -> str:
        return await facts.read(lambda connection: shown(connection, scope, LATEST))
