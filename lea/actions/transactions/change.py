"""Change what is known of a transaction."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Effect, NeedsAnswer, Preview, Scope, Write, plain
from lea.actions.naming import the_one
from lea.actions.phrases import say
from lea.actions.showing import facts, record_of, told
from lea.errors import BadRequest, Conflict
from lea.records import transactions
from lea.records.fields import Address, Day, Kind, Name, Priced
from lea.sentences import Language
from lea.store.transactions import Connection


class ChangeArguments(Priced, Arguments):
    transaction: Name
    kind: Kind | None = None
    address: Address | None = None
    mandate_on: Day | None = None
    offer_on: Day | None = None
    agreement_on: Day | None = None
    deed_on: Day | None = None


class ChangeTransaction(Write[ChangeArguments]):
    name = "change_transaction"
    arguments = ChangeArguments
    description = "Change the price, address, kind or dates of a transaction, named by its reference (T-104)."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Modifier une transaction", "en": "Change a file"}
    changes = "transaction"

    def __init__(self, geocode: bool) -> None:
        """`geocode`: addresses are completed by coordinates later."""
        self._geocode = geocode

    def preview(self, connection: Connection, scope: Scope, arguments: ChangeArguments) -> Preview:
        """Raises NeedsAnswer where nothing would change."""
        file = the_one(connection, scope, arguments.transaction)
        said = plain(arguments)
        del said["transaction"]
        if not said:
            raise BadRequest("nothing_to_change")
        known = file.fields()
        after = {name: new for name, new in said.items() if known[name] != new}
        if not after:
            raise NeedsAnswer(say("unchanged", scope.language, reference=file.reference))
        currency = {"currency": after.get("currency", known["currency"])} if "price" in after else {}
        lines = facts(known, after | currency, scope.language)
        summary = say("change", scope.language, reference=file.reference, what=told(lines))
        return Preview(summary, {"transaction": file.reference} | said, lines, record_of(file), file.version)

    def run(self, connection: Connection, scope: Scope, arguments: ChangeArguments, key: str) -> Effect:
        preview = self.preview(connection, scope, arguments)
        assert preview.record is not None
        fields = {name: new for name, new in preview.arguments.items() if name != "transaction"}
        before, after = transactions.change(
            connection,
            scope.identity.company_id,
            preview.record.id,
            fields,
            scope.now,
            version=preview.version,
            geocode=self._geocode,
        )
        what = told(preview.facts)
        summary = say("changed", scope.language, reference=preview.record.reference, what=what)
        return Effect(summary, preview.record, before, after)

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        put_back(connection, scope, done)


def put_back(connection: Connection, scope: Scope, done: Effect) -> None:
    """The fields as they were. Raises Conflict(`record_changed`) where one of them has changed since."""
    if done.record is None or done.before is None or done.after is None:
        raise Conflict("record_changed")
    transactions.restore(connection, scope.identity.company_id, done.record.id, done.before, done.after, scope.now)
