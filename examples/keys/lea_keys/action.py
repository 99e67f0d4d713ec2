"""Who has the keys of a property: read from the notes of its file, where people write «clés : …»."""

import re
from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Facts, Look, Scope
from lea.actions.naming import the_one
from lea.records import transactions
from lea.records.fields import Name
from lea.sentences import Language

KEYS = re.compile(r"(?:clés|clefs|keys)\s*:\s*(.+)", re.IGNORECASE)
NOTES = 50


class KeysArguments(Arguments):
    transaction: Name


class WhoHasKeys(Look[KeysArguments]):
    """A look changes nothing, so the model may call for it whenever it wants to know."""

    name = "who_has_keys"
    arguments = KeysArguments
    description = "Who has the keys of the property of a transaction, named by its reference (T-104)."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Qui a les clés", "en": "Who has the keys"}

    async def run(self, scope: Scope, arguments: KeysArguments, facts: Facts) -> str:
        def newest(connection: transactions.Connection) -> str | None:
            company_id = scope.identity.company_id
            file = the_one(connection, scope, arguments.transaction)
            for note in transactions.notes(connection, company_id, file.id, NOTES):
                if found := KEYS.search(note.text):
                    return found[1]
            return None

        keys = await facts.read(newest)
        if keys is None:
            return "Nobody has noted that." if scope.language == "en" else "Personne ne l'a noté."
        return keys
