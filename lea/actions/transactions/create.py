"""Create a transaction, with its parties."""

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from lea.actions.action import Arguments, Effect, NeedsAnswer, Preview, Scope, Write, plain
from lea.actions.phrases import say
from lea.actions.showing import facts, party_line, record_of, value
from lea.errors import Conflict
from lea.llm.offline.markdown import amount
from lea.records import transactions
from lea.records.fields import Address, Day, Email, Kind, Name, Phone, Priced, Role, Stage
from lea.records.file import Author
from lea.sentences import Language
from lea.store.transactions import Connection

MOST_PARTIES = 20


class PartyArguments(Arguments):
    role: Role
    name: Name
    email: Email | None = None
    phone: Phone | None = None


class CreateArguments(Priced, Arguments):
    kind: Kind | None = None
    address: Address | None = None
    stage: Stage | None = None
    parties: list[PartyArguments] = Field(default_factory=list, max_length=MOST_PARTIES)
    mandate_on: Day | None = None
    offer_on: Day | None = None
    agreement_on: Day | None = None
    deed_on: Day | None = None


class CreateTransaction(Write[CreateArguments]):
    name = "create_transaction"
    arguments = CreateArguments
    description = (
        "Create a transaction (a property agency's file): a sale, purchase or rental at an address, with price "
        "and parties if known. kind and address are needed."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Créer une transaction", "en": "Create a file"}
    changes = "transaction"

    def __init__(self, geocode: bool) -> None:
        """`geocode`: addresses are completed by coordinates later."""
        self._geocode = geocode

    def preview(self, connection: Connection, scope: Scope, arguments: CreateArguments) -> Preview:
        """Asks for what is needed and was not said."""
        if arguments.kind is None:
            raise NeedsAnswer(say("ask_kind", scope.language))
        if arguments.address is None:
            raise NeedsAnswer(say("ask_address", scope.language))
        said = plain(arguments)
        fields = {name: said[name] for name in said if name != "parties"}
        lines = facts({}, fields, scope.language)
        lines += tuple(
            {"name": "party", "label": "", "before": None, "after": party_line(party, scope.language)}
            for party in said.get("parties", [])
        )
        return Preview(say("create", scope.language, what=_what(said, scope.language)), said, lines)

    def run(self, connection: Connection, scope: Scope, arguments: CreateArguments, key: str) -> Effect:
        said = dict(self.preview(connection, scope, arguments).arguments)
        parties = said.pop("parties", [])
        by = Author(scope.identity.user_id, scope.identity.name)
        made = transactions.create(
            connection,
            scope.identity.company_id,
            said,
            parties,
            by,
            scope.now,
            transaction_id=f"tr_{key}",
            geocode=self._geocode,
        )
        what = _what(said | {"parties": parties}, scope.language)
        summary = say("created", scope.language, reference=made.reference, what=what)
        return Effect(summary, record_of(made), {}, {**said, "version": made.version})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        if done.record is None or done.after is None:
            raise Conflict("record_changed")
        transactions.remove(connection, scope.identity.company_id, done.record.id, version=done.after["version"])


def _what(said: Mapping[str, Any], language: Language) -> str:
    parts = [value("kind", said["kind"], language), str(said["address"])]
    if said.get("price"):
        parts.append(amount(round(float(said["price"]) * 100), said.get("currency") or "EUR", language))
    parts += [party_line(party, language) for party in said.get("parties", [])]
    return ", ".join(parts)
