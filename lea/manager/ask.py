"""What starts a turn, and what every turn works with."""

from dataclasses import dataclass

from lea.clock import Clock
from lea.config import Config
from lea.ids import MessageId, RequestId, ThreadId, TurnId
from lea.llm.provider import Provider
from lea.manager.checkpointer import Checkpointer
from lea.manager.elsewhere import Elsewhere
from lea.manager.manager import LLMManager
from lea.manager.snapshots import Snapshots
from lea.sentences import Language
from lea.store.engine import Store
from lea.store.turns import TurnKind
from lea.tasks import TaskOwner


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a turn; only a `message` has a `text`, the other kinds are about the newest one."""

    thread_id: ThreadId
    turn_id: TurnId
    request_id: RequestId
    body_hash: str
    kind: TurnKind
    text: str
    parent_id: MessageId | None
    language: Language


@dataclass(frozen=True, slots=True)
class Services:
    """`settling` outlives the turns: it ends after their saves have.

    `owner` names this process; `sole` says that no other one can use this store, so that what memory knows is so.
    """

    owner: str
    sole: bool
    elsewhere: Elsewhere
    snapshots: Snapshots
    manager: LLMManager
    store: Store
    provider: Provider
    checkpointer: Checkpointer
    config: Config
    clock: Clock
    settling: TaskOwner
