"""Fill a form from a transaction."""

from collections.abc import Mapping
from typing import ClassVar

from lea.actions.action import Arguments, Effect, Preview, Scope, Write
from lea.actions.naming import the_one
from lea.actions.phrases import label, say
from lea.actions.showing import record_of
from lea.errors import Conflict
from lea.records import forms
from lea.records.fields import Name, Template
from lea.records.file import Author
from lea.sentences import Language
from lea.store.transactions import Connection


class MakeFormArguments(Arguments):
    transaction: Name
    template: Template


class MakeForm(Write[MakeFormArguments]):
    name = "make_form"
    arguments = MakeFormArguments
    description = (
        "Fill a form (mandate, offer or visit_sheet) from a transaction named by its reference (T-104), and say which "
        "fields are missing."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Préparer un document", "en": "Prepare a form"}
    changes = "transaction"
    proposed = "allow"

    def preview(self, connection: Connection, scope: Scope, arguments: MakeFormArguments) -> Preview:
        file = the_one(connection, scope, arguments.transaction)
        what = label(f"template:{arguments.template}", scope.language)
        fact = {
            "name": "template",
            "label": label("template", scope.language),
            "before": None,
            "after": what,
        }
        said = {"transaction": file.reference, "template": arguments.template}
        summary = say("make_form", scope.language, reference=file.reference, what=what)
        return Preview(summary, said, (fact,), record_of(file))

    def run(self, connection: Connection, scope: Scope, arguments: MakeFormArguments, key: str) -> Effect:
        preview = self.preview(connection, scope, arguments)
        assert preview.record is not None
        form = forms.make(
            connection,
            scope.identity.company_id,
            preview.record.id,
            arguments.template,
            scope.language,
            Author(scope.identity.user_id, scope.identity.name),
            scope.now,
            form_id=f"fo_{key}",
        )
        what = label(f"template:{arguments.template}", scope.language)
        if form.missing:
            names = ", ".join(label(name, scope.language) for name in form.missing)
            what += f" ({say('missing', scope.language, what=names)})"
        summary = say("form_made", scope.language, reference=preview.record.reference, what=what)
        return Effect(summary, preview.record, {}, {"form_id": form.id})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        if done.after is None:
            raise Conflict("record_changed")
        forms.remove_form(connection, scope.identity.company_id, done.after["form_id"], scope.now)
