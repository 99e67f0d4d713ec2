"""Turns and their messages: begun in one transaction, ended in another.

A conversation is a tree of messages by `parent_id`; `threads.head_id` names the newest message of the branch that is
shown. The answer's row exists from the beginning, empty, so the head always names a message, also after a crash.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Connection, Row, insert, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lea.errors import Conflict, NotFound
from lea.events import FinishReason
from lea.ids import CompanyId, MessageId, RequestId, ThreadId, TurnId, UserId
from lea.store.tables import messages, threads, turns

TITLE_LENGTH = 80


TurnKind = Literal["message", "regenerate", "continue"]

CUT: Final[frozenset[str]] = frozenset({"stopped", "interrupted", "length", "error"})
"""How an answer ended that can be gone on with."""


@dataclass(frozen=True, slots=True)
class BeginTurn:
    """`kind` says what is answered; only a `message` has a `text`. `parent_id` None goes on from the head."""

    turn_id: TurnId
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


@dataclass(frozen=True, slots=True)
class Begun:
    """`parent_id` is the message before the person's; `text` what the person said; `prefix` the answer so far."""

    parent_id: MessageId | None
    user_message_id: MessageId
    text: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class EndTurn:
    """How a turn ended; token counts are None when no model was asked."""

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


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A turn that ended earlier, as it is told again."""

    turn_id: TurnId
    thread_id: ThreadId
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


def begin(connection: Connection, turn: BeginTurn) -> Begun | None:
    """Save the person's message and the turn; None if this request began a turn before.

    Raises NotFound for a parent that is not the thread's, Conflict(`nothing_to_answer`, `nothing_to_continue`) where
    there is no such message.
    """
    if turn.kind == "message":
        _ensure_thread(connection, turn)
    elif not _exists(connection, turn):
        raise NotFound
    if not _claim(connection, turn):
        return None
    begun = _said(connection, turn) if turn.kind == "message" else _again(connection, turn)
    connection.execute(
        insert(messages).values(
            **_message(turn, turn.assistant_message_id, "assistant", begun.prefix), parent_id=begun.user_message_id
        )
    )
    if begun.user_message_id != turn.user_message_id:
        connection.execute(
            update(turns).where(turns.c.id == turn.turn_id).values(user_message_id=begun.user_message_id)
        )
    connection.execute(
        update(threads)
        .where(threads.c.user_id == turn.user_id, threads.c.id == turn.thread_id)
        .values(head_id=turn.assistant_message_id, updated_at=turn.now)
    )
    return begun


def end(connection: Connection, turn: EndTurn) -> None:
    """Save the answer and what it took, once; nothing happens if the turn has ended or is no longer there."""
    connection.execute(
        update(messages)
        .where(messages.c.id == turn.assistant_message_id, messages.c.finish_reason.is_(None))
        .values(content=turn.text, finish_reason=turn.finish_reason, error_code=turn.error_code, provider=turn.provider)
    )
    connection.execute(
        update(turns)
        .where(turns.c.id == turn.turn_id, turns.c.state == "running")
        .values(
            state=turn.state,
            provider=turn.provider,
            model=turn.model,
            prompt_tokens=turn.prompt_tokens,
            completion_tokens=turn.completion_tokens,
            cached_tokens=turn.cached_tokens,
            usage_estimated=turn.usage_estimated,
            cost_nano_usd=turn.cost_nano_usd,
            timings_ms=turn.timings_ms,
            events=turn.events,
            ended_at=turn.now,
        )
    )


def find_by_request(connection: Connection, user_id: UserId, request_id: RequestId) -> StoredTurn | None:
    """The turn a request began, with its answer as far as it is saved."""
    return _find(connection, (turns.c.user_id == user_id) & (turns.c.request_id == request_id))


def find(connection: Connection, user_id: UserId, thread_id: ThreadId, turn_id: TurnId) -> StoredTurn | None:
    """A turn of this user's thread, with its answer as far as it is saved."""
    here = (turns.c.user_id == user_id) & (turns.c.thread_id == thread_id)
    return _find(connection, here & (turns.c.id == turn_id))


def _find(connection: Connection, condition: ColumnElement[bool]) -> StoredTurn | None:
    row = connection.execute(
        select(turns, messages.c.content, messages.c.finish_reason, messages.c.error_code)
        .join(messages, messages.c.id == turns.c.assistant_message_id)
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


def _exists(connection: Connection, turn: BeginTurn) -> bool:
    query = select(threads.c.id).where(threads.c.user_id == turn.user_id, threads.c.id == turn.thread_id)
    return connection.execute(query).first() is not None


def _insert(connection: Connection) -> Any:
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


def _ensure_thread(connection: Connection, turn: BeginTurn) -> None:
    title = " ".join(turn.text.split())
    connection.execute(
        _insert(connection)(threads)
        .values(
            user_id=turn.user_id,
            id=turn.thread_id,
            company_id=turn.company_id,
            title=title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1].rstrip() + "…",
            head_id=None,
            created_at=turn.now,
            updated_at=turn.now,
        )
        .on_conflict_do_nothing()
    )


def _claim(connection: Connection, turn: BeginTurn) -> bool:
    """The unique index on (user, request) decides whose turn this is."""
    result = connection.execute(
        _insert(connection)(turns)
        .values(
            id=turn.turn_id,
            user_id=turn.user_id,
            thread_id=turn.thread_id,
            request_id=turn.request_id,
            body_hash=turn.body_hash,
            state="running",
            user_message_id=turn.user_message_id,
            assistant_message_id=turn.assistant_message_id,
            started_at=turn.now,
        )
        .on_conflict_do_nothing()
    )
    return result.rowcount == 1


def _said(connection: Connection, turn: BeginTurn) -> Begun:
    head = turn.parent_id
    if head is None:
        head = connection.execute(
            select(threads.c.head_id).where(threads.c.user_id == turn.user_id, threads.c.id == turn.thread_id)
        ).scalar_one()
    elif not _in_thread(connection, turn, head):
        raise NotFound
    connection.execute(
        insert(messages).values(**_message(turn, turn.user_message_id, "user", turn.text), parent_id=head)
    )
    return Begun(head, turn.user_message_id, turn.text)


def _again(connection: Connection, turn: BeginTurn) -> Begun:
    head = connection.execute(
        select(threads.c.head_id).where(threads.c.user_id == turn.user_id, threads.c.id == turn.thread_id)
    ).scalar_one()
    path = path_to(connection, turn.user_id, turn.thread_id, head, 2)
    said = next((row for row in reversed(path) if row.role == "user"), None)
    if said is None:
        raise Conflict("nothing_to_answer")
    if turn.kind == "regenerate":
        return Begun(said.parent_id, said.id, said.content)
    answer = path[-1]
    if answer.role != "assistant" or answer.finish_reason not in CUT:
        raise Conflict("nothing_to_continue")
    return Begun(said.parent_id, said.id, said.content, answer.content)


def _in_thread(connection: Connection, turn: BeginTurn, message_id: MessageId) -> bool:
    query = select(messages.c.id).where(
        messages.c.id == message_id, messages.c.user_id == turn.user_id, messages.c.thread_id == turn.thread_id
    )
    return connection.execute(query).first() is not None


def _message(turn: BeginTurn, message_id: MessageId, role: str, text: str) -> dict[str, Any]:
    return {
        "id": message_id,
        "user_id": turn.user_id,
        "thread_id": turn.thread_id,
        "turn_id": turn.turn_id,
        "role": role,
        "content": text,
        "created_at": turn.now,
    }


def _stored(row: Row[Any]) -> StoredTurn:
    return StoredTurn(
        turn_id=row.id,
        thread_id=row.thread_id,
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
