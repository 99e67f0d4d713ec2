"""What starts a turn, and what every turn works with."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Any

from lea.actions.desk import Desk
from lea.clock import Clock
from lea.config import Config
from lea.ids import AttachmentId, CompanyId, MessageId, RequestId, ThreadId, TurnId
from lea.llm.local import LocalEngine
from lea.llm.provider import Provider
from lea.manager.budgets import Budgets
from lea.manager.checkpointer import Checkpointer
from lea.manager.elsewhere import Elsewhere
from lea.manager.manager import LLMManager
from lea.manager.snapshots import Snapshots
from lea.manager.traces import TraceTurn
from lea.messages import Message
from lea.sentences import Language
from lea.store.acts import Receipt
from lea.store.confirmations import Asked
from lea.store.engine import Store
from lea.store.turns import TurnKind
from lea.tasks import TaskOwner


@dataclass(frozen=True, slots=True)
class Given:
    """What a program sends with its message: what was `said` before, None where the conversation has it; what the model
    is to mind beside Léa's own instructions; and fields of the protocol that go along to it."""

    said: tuple[Message, ...] | None = None
    instructions: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


NOTHING_GIVEN = Given()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a turn; a `message` and a `decision` have a `text`, the other kinds are about the newest one.

    `last_answer` is what Léa said last, as far as the client tells. A `decision` has the `confirmation` that was
    decided and the `receipt` of what came of it. `attachments` are the files a `message` goes with. `before_ms` says by
    name what the request took until its turn was made, and is read then; `trace` is the request's `traceparent` where
    traces are kept.
    """

    thread_id: ThreadId
    turn_id: TurnId
    request_id: RequestId
    body_hash: str
    kind: TurnKind
    text: str
    parent_id: MessageId | None
    language: Language
    last_answer: str = ""
    confirmation: Asked | None = None
    receipt: Receipt | None = None
    attachments: tuple[AttachmentId, ...] = ()
    before_ms: Mapping[str, float] = field(default_factory=dict)
    trace: str = ""
    given: Given = NOTHING_GIVEN

    @property
    def unlisted(self) -> bool:
        """Whether its conversation is of this one request, and shown nowhere."""
        return self.given.said is not None


@dataclass(frozen=True, slots=True)
class Services:
    """`settling` outlives the turns: it ends after their saves have.

    `teller` tells what was done where no model has to make words of it; `stand_in` answers what it can where the money
    for a model is spent. `owner` names this process; `sole` says that no other one can use this store, so that what
    memory knows is so. `listening` are the companies that may have webhooks.
    """

    owner: str
    sole: bool
    elsewhere: Elsewhere
    snapshots: Snapshots
    manager: LLMManager
    store: Store
    provider: Provider
    teller: Provider
    stand_in: LocalEngine
    desk: Desk
    budgets: Budgets
    checkpointer: Checkpointer
    config: Config
    clock: Clock
    settling: TaskOwner
    trace: TraceTurn | None = None
    listening: Container[CompanyId] = ()
