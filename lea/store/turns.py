"""Turns and their messages: begun in one transaction, ended in another.

A conversation is a tree of messages by `parent_id`; `threads.head_id` names the newest message of the branch that is
shown. The answer's row exists from the beginning, empty, so the head always names a message, also after a crash.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, bindparam, literal, select, update

from lea import faults
from lea.events.answer import FinishReason
from lea.ids import AttachmentId, CompanyId, MessageId, RequestId, ThreadId, TurnId, UserId
from lea.messages import File
from lea.store import usage
from lea.store.prepared import Prepared
from lea.store.tables import messages, threads, turns
from lea.store.usage import UsageRow

TurnKind = Literal["message", "regenerate", "continue", "decision"]

SAYING: Final[frozenset[TurnKind]] = frozenset({"message", "decision"})
"""Kinds that begin with words of the person."""

ROOT: Final = MessageId("root")
"""As a parent: before the first message. Ids of messages begin with `m_`, so none is called this."""

CUT: Final[frozenset[str]] = frozenset({"stopped", "interrupted", "length", "error"})
"""How an answer ended that can be gone on with."""


@dataclass(frozen=True, slots=True)
class BeginTurn:
    """`kind` says what is answered; only those of `SAYING` have a `text`. `parent_id` None goes on from the head,
    `ROOT` begins the conversation anew beside its first message.

    `owner` is the process that answers, for `lease_s` seconds unless it renews. A conversation made for a turn with an
    `origin` is in no list.
    """

    turn_id: TurnId
    owner: str
    lease_s: float
    user_id: UserId
    company_id: CompanyId
    thread_id: ThreadId
    request_id: RequestId
    body_hash: str
    user_message_id: MessageId
    assistant_message_id: MessageId
    kind: TurnKind
    text: str
    parent_id: MessageId | None
    now: float
    attachments: tuple[AttachmentId, ...] = ()
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """`parent_id` is the message before the person's; `text` what the person said, with the `files`
    that go with it; `prefix` the answer so far.

    `waiting` unless the thread is free for this turn; then it is the turn's as of its `claim`.
    """

    parent_id: MessageId | None
    user_message_id: MessageId
    text: str
    prefix: str = ""
    waiting: bool = False
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class EndTurn:
    """How a turn ended; token counts are None when no model was asked, and else the sums of `spent`."""

    turn_id: TurnId
    assistant_message_id: MessageId
    state: str
    text: str
    finish_reason: FinishReason
    error_code: str | None
    provider: str | None
    model: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    usage_estimated: bool | None
    cost_nano_usd: int | None
    timings_ms: dict[str, float]
    events: int
    now: float
    spent: tuple[UsageRow, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn that ended earlier, as it is told again."""

    turn_id: TurnId
    thread_id: ThreadId
    company_id: CompanyId
    body_hash: str
    state: str
    message_id: MessageId
    text: str
    finish_reason: FinishReason
    error_code: str | None
    provider: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None
    usage_estimated: bool | None
    cost_nano_usd: int | None
    timings_ms: dict[str, float]
    events: int
    ended_at: float | None

    @property
    def live(self) -> bool:
        """Some process answers it, or did until now."""
        return self.ended_at is None


END_MESSAGE: Final = Prepared(
    update(messages)
    .where(messages.c.id == bindparam("at"), messages.c.finish_reason.is_(None))
    .values({name: bindparam(name) for name in ("content", "finish_reason", "error_code", "provider")})
)
END_TURN: Final = Prepared(
    update(turns)
    .where(turns.c.id == bindparam("at"), turns.c.ended_at.is_(None))
    .values(
        {
            name: bindparam(name, type_=turns.c[name].type)
            for name in (
                "state",
                "provider",
                "model",
                "prompt_tokens",
                "completion_tokens",
                "cached_tokens",
                "usage_estimated",
                "cost_nano_usd",
                "timings_ms",
                "events",
                "ended_at",
            )
        }
    )
)


def end(connection: Connection, turn: EndTurn) -> bool:
    """Save the answer and what it took, once; False where the turn has ended or is no longer there: only its calls
    are kept then."""
    END_MESSAGE.run(
        connection,
        {
            "at": turn.assistant_message_id,
            "content": turn.text,
            "finish_reason": turn.finish_reason,
            "error_code": turn.error_code,
            "provider": turn.provider,
        },
    )
    ended = END_TURN.run(
        connection,
        {
            "at": turn.turn_id,
            "state": turn.state,
            "provider": turn.provider,
            "model": turn.model,
            "prompt_tokens": turn.prompt_tokens,
            "completion_tokens": turn.completion_tokens,
            "cached_tokens": turn.cached_tokens,
            "usage_estimated": turn.usage_estimated,
            "cost_nano_usd": turn.cost_nano_usd,
            "timings_ms": turn.timings_ms,
            "events": turn.events,
            "ended_at": turn.now,
        },
    )
    usage.add(connection, turn.spent)
    faults.reach("turn.ending")
    return ended.rowcount == 1


def find_by_request(connection: Connection, user_id: UserId, request_id: RequestId) -> StoredTurn | None:
    """The turn a request began, with its answer as far as it is saved."""
    return _find(connection, (turns.c.user_id == user_id) & (turns.c.request_id == request_id))


def find(connection: Connection, user_id: UserId, thread_id: ThreadId, turn_id: TurnId) -> StoredTurn | None:
    """A turn of this user's thread, with its answer as far as it is saved."""
    here = (turns.c.user_id == user_id) & (turns.c.thread_id == thread_id)
    return _find(connection, here & (turns.c.id == turn_id))


def find_turn(connection: Connection, user_id: UserId, turn_id: TurnId) -> StoredTurn | None:
    """As `find`, in whatever thread."""
    return _find(connection, (turns.c.user_id == user_id) & (turns.c.id == turn_id))


def live(connection: Connection, turn_ids: Collection[TurnId]) -> set[TurnId]:
    """Which of these have not ended."""
    query = select(turns.c.id).where(turns.c.id.in_(turn_ids), turns.c.ended_at.is_(None))
    return set(connection.scalars(query))


def _find(connection: Connection, condition: ColumnElement[bool]) -> StoredTurn | None:
    row = connection.execute(
        select(turns, threads.c.company_id, messages.c.content, messages.c.finish_reason, messages.c.error_code)
        .join(messages, messages.c.id == turns.c.assistant_message_id)
        .join(threads, (threads.c.user_id == turns.c.user_id) & (threads.c.id == turns.c.thread_id))
        .where(condition)
    ).one_or_none()
    return None if row is None else _stored(row)


def path_to(
    connection: Connection, user_id: UserId, thread_id: ThreadId, message_id: MessageId | None, limit: int
) -> Sequence[Row[Any]]:
    """The messages from the oldest to `message_id`, following parents, at most `limit` of the newest."""
    if message_id is None:
        return []
    here = (messages.c.user_id == user_id) & (messages.c.thread_id == thread_id)
    newest = select(messages, literal(0).label("depth")).where(here, messages.c.id == message_id).cte(recursive=True)
    parent = (
        select(messages, newest.c.depth + 1)
        .join(newest, messages.c.id == newest.c.parent_id)
        .where(here, newest.c.depth < limit - 1)
    )
    path = newest.union_all(parent)
    return connection.execute(select(path).order_by(path.c.depth.desc())).all()


def _stored(row: Row[Any]) -> StoredTurn:
    return StoredTurn(
        turn_id=row.id,
        thread_id=row.thread_id,
        company_id=row.company_id,
        body_hash=row.body_hash,
        state=row.state,
        message_id=row.assistant_message_id,
        text=row.content,
        finish_reason=row.finish_reason or "interrupted",
        error_code=row.error_code,
        provider=row.provider,
        prompt_tokens=row.prompt_tokens,
        completion_tokens=row.completion_tokens,
        cached_tokens=row.cached_tokens,
        usage_estimated=row.usage_estimated,
        cost_nano_usd=row.cost_nano_usd,
        timings_ms=row.timings_ms or {},
        events=row.events or 0,
        ended_at=row.ended_at,
    )
