"""How a turn carries out an action: its readers are told that it begins and how it ended, or what is asked first."""

from typing import Any

from lea.actions.action import Arguments, NeedsAnswer, Outside, Scope, Write
from lea.actions.desk import Desk
from lea.actions.doing import Done, Place
from lea.actions.phrases import say
from lea.actions.telling import confirm_event
from lea.auth.permissions import Identity
from lea.bus.port import Topic
from lea.errors import LeaError
from lea.events.answer import Action, Confirm, Stage
from lea.llm.offline.markdown import escaped
from lea.manager.ask import Ask
from lea.sentences import SENTENCES, Language, sentence
from lea.store.acts import Receipt
from lea.store.confirmations import Asked


class Carrying:
    """Belongs to a turn, whose readers it tells."""

    def __init__(self, ask: Ask, identity: Identity, topic: Topic, desk: Desk) -> None:
        self.ask = ask
        self.desk = desk
        self._identity = identity
        self._topic = topic
        self.about = ""
        """The reference of the last file something was done to."""

    def begin(self) -> None:
        """Léa is doing something."""
        self._topic.publish(Stage("acting"))

    def confirm(self, asked: Asked, now: float) -> None:
        """A question as it stands now, to this turn's readers."""
        self._topic.publish(confirm_event(asked, now))

    async def written(
        self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place
    ) -> tuple[Receipt, bool]:
        """Tell that it begins and how it ended; a refusal is told too, and raised. A question is no beginning."""
        key = place.key(action.name, arguments.model_dump(mode="json", exclude_unset=True, exclude_none=True))
        title = action.title[scope.language]
        await self.desk.foresee(action, scope, arguments, place)
        self._topic.publish(Action(key, action.name, "running", title))
        try:
            done: Done = await self.desk.write(action, scope, arguments, place)
        except (LeaError, NeedsAnswer):
            self._topic.publish(Action(key, action.name, "failed", title))
            raise
        self.tell(done.receipt, scope.language)
        return done.receipt, done.fresh

    async def asked(self, action: Write[Any] | Outside[Any], scope: Scope, arguments: Arguments, place: Place) -> Asked:
        """Ask whether to, in this conversation and in the person's other tabs."""
        asked = await self.desk.ask(action, scope, arguments, place)
        self._topic.publish(confirm_event(asked, scope.now))
        self.desk.tell(asked.user_id, elsewhere(asked, scope.now))
        return asked

    def tell(self, receipt: Receipt, language: Language) -> None:
        """What has been done, or taken back."""
        if receipt.record_kind == "transaction" and receipt.state == "succeeded":
            self.about = receipt.record_reference or ""
        self._topic.publish(self.desk.event(receipt, language))

    def scope(self, language: Language) -> Scope:
        """This turn's, now."""
        return Scope(self._identity, self.ask.thread_id, language, self.desk.now())


def told(receipt: Receipt, language: Language, *, fresh: bool) -> str:
    """The receipt in words, as Markdown."""
    what = escaped(receipt.summary)
    match receipt.state:
        case "succeeded":
            return say("done" if fresh else "done_before", language, what=what)
        case "undone":
            return say("was_undone", language, what=what)
        case "failed":
            code = receipt.error_code if receipt.error_code in SENTENCES else "not_done"
            return say("cannot", language, what=sentence(code or "not_done", language))
        case _:
            return say("unknown_yet", language, what=what)


def why(error: LeaError, language: Language) -> str:
    """The sentence, and which arguments are wrong."""
    fields = [
        f"{field['path']}: {sentence(code, language) if (code := field['message']) in SENTENCES else code}"
        for field in error.errors
    ]
    return " ".join([error.detail(language), *fields])


def elsewhere(asked: Asked, now: float) -> Confirm:
    """For the person's other tabs, which need to be told where."""
    return confirm_event(asked, now, asked.thread_id)
