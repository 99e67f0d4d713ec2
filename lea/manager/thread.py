"""One conversation in memory: its lock and the way from its first message to its head."""

from dataclasses import dataclass

from lea.errors import TooMany
from lea.ids import MessageId, ThreadId
from lea.manager.locks import ThreadLock, Ticket
from lea.messages import Message

HISTORY_MESSAGES = 400
"""Most messages of one thread kept in memory and offered to the model's budget; older ones stay in the store."""


@dataclass(slots=True)
class History:
    """Messages from the oldest kept to `head`, the newest."""

    head: MessageId | None
    messages: list[Message]


class Thread:
    """`history` is None until loaded, and whenever what is in memory may no longer be what is in the store."""

    def __init__(self, thread_id: ThreadId, waiting: int) -> None:
        self.id = thread_id
        self.lock = ThreadLock(waiting)
        self.history: History | None = None
        self.about = ""
        """The reference of the file the conversation is about."""

    @property
    def busy(self) -> bool:
        return self.lock.busy

    def join(self) -> Ticket:
        """A place in this thread's order of turns. Raises TooMany(`queue_full`)."""
        try:
            return self.lock.join()
        except TooMany as error:
            error.headers["Retry-After"] = "5"
            raise

    def said(self, head: MessageId, *messages: Message) -> None:
        """A turn has been saved; memory follows the store."""
        if self.history is not None:
            self.history.head = head
            self.history.messages.extend(messages)
            del self.history.messages[:-HISTORY_MESSAGES]
