"""Write a note on a transaction."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Effect, Preview, Scope, Write
from lea.actions.naming import the_one
from lea.actions.phrases import label, say
from lea.actions.showing import excerpt, record_of
from lea.errors import Conflict
from lea.records import transactions
from lea.records.fields import Name, NoteText
from lea.records.file import Author
from lea.sentences import Language
from lea.store.transactions import Connection


class AddNoteArguments(Arguments):
    transaction: Name
    text: NoteText


class AddNote(Write[AddNoteArguments]):
    name = "add_note"
    arguments = AddNoteArguments
    description = "Write a note on a transaction named by its reference (T-104)."
    title: ClassVar[Mapping[Language, str]] = {"fr": "Ajouter une note", "en": "Add a note"}
    changes = "transaction"

    def preview(self, connection: Connection, scope: Scope, arguments: AddNoteArguments) -> Preview:
        file = the_one(connection, scope, arguments.transaction)
        fact = {"name": "text", "label": label("note", scope.language), "before": None, "after": arguments.text}
        summary = say("add_note", scope.language, reference=file.reference, what=excerpt(arguments.text))
        said = {"transaction": file.reference, "text": arguments.text}
        return Preview(summary, said, (fact,), record_of(file))

    def run(self, connection: Connection, scope: Scope, arguments: AddNoteArguments, key: str) -> Effect:
        preview = self.preview(connection, scope, arguments)
        assert preview.record is not None
        by = Author(scope.identity.user_id, scope.identity.name)
        note = transactions.add_note(
            connection,
            scope.identity.company_id,
            preview.record.id,
            arguments.text,
            by,
            scope.now,
            note_id=f"no_{key}",
        )
        reference = preview.record.reference
        summary = say("note_added", scope.language, reference=reference, what=excerpt(arguments.text))
        return Effect(summary, preview.record, {}, {"note_id": note.id})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        if done.record is None or done.after is None:
            raise Conflict("record_changed")
        transactions.remove_note(
            connection, scope.identity.company_id, done.record.id, done.after["note_id"], scope.now
        )
