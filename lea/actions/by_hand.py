"""Receipts of what people change themselves: a file's history is whole, and its last change can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lea.actions.phrases import label, say
from lea.actions.showing import excerpt, facts, party_line, told, value
from lea.auth.permissions import Identity
from lea.ids import ThreadId, TurnId, new_id
from lea.records.file import Note, Party, Transaction
from lea.records.forms import Form
from lea.sentences import Language
from lea.store import acts
from lea.store.acts import Connection, Receipt


@dataclass(frozen=True, slots=True)
class Hand:
    """Who does it, in which language they read, and when."""

    identity: Identity
    language: Language
    now: float

    def created(self, connection: Connection, file: Transaction) -> None:
        known = {name: one for name, one in file.fields().items() if one is not None}
        what = ", ".join((value("kind", file.kind, self.language), file.address))
        summary = say("created", self.language, reference=file.reference, what=what)
        self._add(connection, "create_transaction", file, summary, {}, {**known, "version": file.version})

    def changed(
        self, connection: Connection, file: Transaction, before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> None:
        what = told(facts(before, after, self.language))
        summary = say("changed", self.language, reference=file.reference, what=what)
        self._add(connection, "change_transaction", file, summary, before, after)

    def party_added(self, connection: Connection, file: Transaction, party: Party) -> None:
        summary = self._says("party_added", file, party_line(party, self.language))
        self._add(connection, "add_party", file, summary, {}, {"party_id": party.id})

    def party_removed(self, connection: Connection, file: Transaction, party: Party) -> None:
        summary = self._says("party_removed", file, party_line(party, self.language))
        self._add(connection, "remove_party", file, summary, {}, {})

    def note_added(self, connection: Connection, file: Transaction, note: Note) -> None:
        summary = self._says("note_added", file, excerpt(note.text))
        self._add(connection, "add_note", file, summary, {}, {"note_id": note.id})

    def note_removed(self, connection: Connection, file: Transaction, note: Note) -> None:
        summary = self._says("note_removed", file, excerpt(note.text))
        self._add(connection, "remove_note", file, summary, {}, {})

    def form_made(self, connection: Connection, file: Transaction, form: Form) -> None:
        summary = self._says("form_made", file, label(f"template:{form.template}", self.language))
        self._add(connection, "make_form", file, summary, {}, {"form_id": form.id})

    def _says(self, phrase: str, file: Transaction, what: str) -> str:
        return say(phrase, self.language, reference=file.reference, what=what)

    def _add(
        self,
        connection: Connection,
        name: str,
        file: Transaction,
        summary: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        receipt = Receipt(
            id=new_id("a"),
            company_id=self.identity.company_id,
            user_id=self.identity.user_id,
            thread_id=ThreadId(""),
            turn_id=TurnId(""),
            confirmation_id=None,
            name=name,
            state="succeeded",
            arguments={},
            summary=summary,
            record_kind="transaction",
            record_id=file.id,
            record_reference=file.reference,
            before=before,
            after=after,
            error_code=None,
            created_at=self.now,
            ended_at=self.now,
            undone_at=None,
        )
        acts.add(connection, receipt)
