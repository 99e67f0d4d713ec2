"""Which transaction is meant: by reference, by «the latest», or by words of its address or of a party's name."""

import re
from typing import Final

from lea.actions.action import NeedsAnswer, Scope
from lea.actions.phrases import say
from lea.actions.showing import choices
from lea.llm.offline.markdown import escaped
from lea.records import transactions
from lea.records.file import Transaction
from lea.store.transactions import Connection

LATEST: Final = "latest"
OFFERED: Final = 8
REFERENCE: Final = re.compile(r"[tT] ?[-‑–]? ?(\d{1,9})")
"""As people and models write one: T-104, t104, T 104."""


def the_one(connection: Connection, scope: Scope, words: str) -> Transaction:
    """Raises NeedsAnswer where no file is meant, or several."""
    company_id, language = scope.identity.company_id, scope.language
    if words.strip().lower() == LATEST:
        newest = transactions.latest(connection, company_id, scope.identity.user_id)
        if newest is None:
            raise NeedsAnswer(say("no_latest", language))
        return newest
    reference = REFERENCE.fullmatch(words.strip())
    found = transactions.named(connection, company_id, f"T-{reference[1]}" if reference else words, OFFERED)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NeedsAnswer(say("none_named", language, what=escaped(words)))
    raise NeedsAnswer(say("which", language, what=choices(found, language)))
