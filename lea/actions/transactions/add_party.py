"""Add a buyer, a seller, or whoever else has a part in a transaction."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Effect, Preview, Scope, Write, plain
from lea.actions.naming import the_one
from lea.actions.phrases import say
from lea.actions.showing import party_line, record_of
from lea.errors import Conflict
from lea.records import transactions
from lea.records.fields import Email, Name, Phone, Role
from lea.sentences import Language
from lea.store.transactions import Connection


class AddPartyArguments(Arguments):
    transaction: Name
    role: Role
    name: Name
    email: Email | None = None
    phone: Phone | None = None


class AddParty(Write[AddPartyArguments]):
    name = "add_party"
    arguments = AddPartyArguments
    description = (
        "Add a party (buyer, seller, agent, tenant or landlord), with e-mail and phone if known, to a transaction "
        "named by its reference (T-104)."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Ajouter une partie", "en": "Add a party"}
    changes = "transaction"

    def preview(self, connection: Connection, scope: Scope, arguments: AddPartyArguments) -> Preview:
        file = the_one(connection, scope, arguments.transaction)
        said = plain(arguments) | {"transaction": file.reference}
        line = party_line(said, scope.language)
        fact = {"name": "party", "label": "", "before": None, "after": line}
        summary = say("add_party", scope.language, reference=file.reference, what=line)
        return Preview(summary, said, (fact,), record_of(file))

    def run(self, connection: Connection, scope: Scope, arguments: AddPartyArguments, key: str) -> Effect:
        preview = self.preview(connection, scope, arguments)
        assert preview.record is not None
        party = {name: one for name, one in preview.arguments.items() if name != "transaction"}
        added = transactions.add_party(
            connection, scope.identity.company_id, preview.record.id, party, scope.now, party_id=f"pa_{key}"
        )
        line = party_line(added, scope.language)
        summary = say("party_added", scope.language, reference=preview.record.reference, what=line)
        return Effect(summary, preview.record, {}, {"party_id": added.id})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        if done.record is None or done.after is None:
            raise Conflict("record_changed")
        transactions.remove_party(
            connection, scope.identity.company_id, done.record.id, done.after["party_id"], scope.now
        )
