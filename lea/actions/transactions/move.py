"""Move a transaction to another stage."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Effect, NeedsAnswer, Preview, Scope, Write
from lea.actions.naming import the_one
from lea.actions.phrases import say
from lea.actions.showing import facts, record_of, value
from lea.actions.transactions.change import put_back
from lea.records import transactions
from lea.records.fields import Name, Stage
from lea.sentences import Language
from lea.store.transactions import Connection


class MoveArguments(Arguments):
    transaction: Name
    stage: Stage


class MoveTransaction(Write[MoveArguments]):
    name = "move_transaction"
    arguments = MoveArguments
    description = (
        "Move a transaction, named by its reference (T-104), to a stage: prospect, mandate, offer, "
        "preliminary_agreement, deed or closed."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Changer l'étape", "en": "Move to a stage"}
    changes = "transaction"

    def preview(self, connection: Connection, scope: Scope, arguments: MoveArguments) -> Preview:
        """Raises NeedsAnswer where it is there already."""
        file = the_one(connection, scope, arguments.transaction)
        if file.stage == arguments.stage:
            raise NeedsAnswer(say("unchanged", scope.language, reference=file.reference))
        lines = facts({"stage": file.stage}, {"stage": arguments.stage}, scope.language)
        summary = _summary("move", file.reference, file.stage, arguments.stage, scope.language)
        said = {"transaction": file.reference, "stage": arguments.stage}
        return Preview(summary, said, lines, record_of(file), file.version)

    def run(self, connection: Connection, scope: Scope, arguments: MoveArguments, key: str) -> Effect:
        preview = self.preview(connection, scope, arguments)
        assert preview.record is not None
        before, after = transactions.move(
            connection,
            scope.identity.company_id,
            preview.record.id,
            arguments.stage,
            scope.now,
            version=preview.version,
        )
        summary = _summary("moved", preview.record.reference, before["stage"], after["stage"], scope.language)
        return Effect(summary, preview.record, before, after)

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        put_back(connection, scope, done)


def _summary(phrase: str, reference: str, before: str, after: str, language: Language) -> str:
    names = {"before": value("stage", before, language), "after": value("stage", after, language)}
    return say(phrase, language, reference=reference, **names)
