"""Show a transaction."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Facts, Look, Scope
from lea.actions.naming import the_one
from lea.actions.phrases import say
from lea.actions.showing import excerpt, sheet
from lea.llm.offline.markdown import bullets, day, escaped
from lea.records import transactions
from lea.records.fields import Name
from lea.sentences import Language
from lea.store.transactions import Connection

NOTES = 5


class ShowArguments(Arguments):
    transaction: Name


class ShowTransaction(Look[ShowArguments]):
    name = "show_transaction"
    arguments = ShowArguments
    description = (
        "Everything known of one transaction, named by its reference (T-104), `latest`, or words of its address or "
        "parties: stage, price, dates, parties, newest notes."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Montrer une transaction", "en": "Show a file"}

    async def run(self, scope: Scope, arguments: ShowArguments, facts: Facts) -> str:
        return await facts.read(lambda connection: shown(connection, scope, arguments.transaction))


def shown(connection: Connection, scope: Scope, words: str) -> str:
    """The transaction with its newest notes. Raises NeedsAnswer."""
    file = the_one(connection, scope, words)
    told = say("file", scope.language, reference=escaped(file.reference), what=sheet(file, scope.language))
    notes = transactions.notes(connection, scope.identity.company_id, file.id, NOTES)
    if notes:
        lines = (
            f"{day(note.created_at, scope.language)}, {escaped(note.author)} · {escaped(excerpt(note.text))}"
            for note in notes
        )
        told += "\n\n" + say("notes", scope.language, what=bullets(lines))
    return told
