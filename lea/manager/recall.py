"""What was said before in a conversation: from memory, from what another process keeps, or from the store."""

from time import perf_counter
from typing import Final

from lea.auth.permissions import Identity
from lea.ids import MessageId
from lea.manager.answer import Granted
from lea.manager.ask import Ask, Services
from lea.manager.outcome import Timings
from lea.manager.thread import HISTORY_MESSAGES, History, Thread
from lea.messages import Assistant, File, Message, User
from lea.store import acts, attachments, threads
from lea.store import turns as rows

FEW_WORDS: Final = 3
"""A message of so few words may mean nothing without what was said before it."""


class Recall:
    """Of one turn's conversation."""

    def __init__(self, ask: Ask, identity: Identity, services: Services, granted: Granted, timings: Timings) -> None:
        self._ask = ask
        self._identity = identity
        self._services = services
        self._granted = granted
        self._timings = timings

    async def history(self, thread: Thread) -> History | None:
        """What was said before; None if this request was answered before."""
        ask, known = self._ask, thread.history
        if ask.given.said is not None:
            thread.history = known or History(None, list(ask.given.said))
            return thread.history
        if self._services.sole and known is not None and ask.kind in rows.SAYING and ask.parent_id is None:
            return known
        begun = await self._granted()
        if begun is None:
            return None
        if known is not None and known.head == begun.parent_id:
            return known
        reading = perf_counter()
        messages = await self._services.snapshots.history(self._identity.user_id, ask.thread_id, begun.parent_id)
        if messages is None:
            about, messages = await self._read(begun.parent_id)
            thread.about = about or thread.about
        thread.history = History(begun.parent_id, messages)
        self._timings.add("load_history", perf_counter() - reading)
        return thread.history

    def may_refer(self, thread: Thread) -> bool:
        """Whether the message may be about what is not in memory: an answer to a question, or a word or two."""
        if self._remembered(thread) is not None:
            return False
        asked = self._ask.last_answer
        return "?" in asked or (not asked and len(self._ask.text.split()) <= FEW_WORDS)

    def last_words(self, thread: Thread) -> tuple[str, str]:
        """(Léa's last answer, the person's words before it), as far as they are in memory."""
        history = self._remembered(thread)
        messages = [] if history is None else history.messages
        said = next((message.text for message in reversed(messages) if isinstance(message, User)), "")
        answer = messages[-1].text if messages and isinstance(messages[-1], Assistant) else ""
        return answer or self._ask.last_answer, said

    def _remembered(self, thread: Thread) -> History | None:
        """What memory has of the branch this message is in; what was said in another one is not what it is about."""
        history, parent = thread.history, self._ask.parent_id
        if history is None or parent is None:
            return history
        return history if history.head == (None if parent == rows.ROOT else parent) else None

    async def _read(self, head: MessageId | None) -> tuple[str, list[Message]]:
        """The file the conversation is about, and what was said."""
        if head is None:
            return "", []
        user_id, thread_id = self._identity.user_id, self._ask.thread_id

        def read(connection: acts.Connection) -> tuple[str, list[Message]]:
            path = rows.path_to(connection, user_id, thread_id, head, HISTORY_MESSAGES)
            files = attachments.of_messages(connection, [row.id for row in path if row.role == "user"])
            said = [_said(row.role, row.content, files.get(row.id, ())) for row in path]
            return threads.about(connection, user_id, thread_id), said

        return await self._services.store.read(read)


def _said(role: str, text: str, files: tuple[File, ...]) -> Message:
    return User(text, files) if role == "user" else Assistant(text)
