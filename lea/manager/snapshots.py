"""Sessions and hot conversations as other processes may take them over, instead of loading them anew.

A snapshot may be gone, old, damaged or of another version at any time: then it is as if there were none. What is kept
says where it belongs, so that nothing can be taken over by somebody else.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeVar

import msgspec
import structlog

from lea.clock import Clock
from lea.ids import CompanyId, MessageId, ThreadId, UserId
from lea.manager.thread import HISTORY_MESSAGES, History
from lea.messages import Assistant, File, Message, User
from lea.sources.source import JobsData, JobsMetrics, UserContext
from lea.state.port import State

T = TypeVar("T")

LIFE_S: Final = 24 * 3600
"""How long a session is kept, and counted, after it was last used."""
HISTORY_BYTES: Final = 256 * 1024
"""Longest history that is kept; a longer one is read from the store."""
VERSION: Final = b"lea:1:"
"""Changed with the shape of anything below, so that processes of two releases can share one Redis."""

UNREADABLE: Final = (msgspec.MsgspecError, ValueError, RecursionError)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SessionSnapshot:
    """What a session has loaded, and when (seconds since the epoch)."""

    connection_mode: str | None
    user_context: UserContext
    context_at: float
    jobs_data: JobsData | None
    jobs_metrics: JobsMetrics | None
    jobs_at: float


class _History(msgspec.Struct, array_like=True):
    thread_id: str
    head: str
    messages: list[tuple[Literal["u", "a"], str]]
    files: dict[int, tuple[File, ...]] = {}
    """By the message's place."""


class Snapshots:
    """Keeps and finds them in what processes share; with nobody to share with, nothing is done."""

    def __init__(self, state: State, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    @property
    def shared(self) -> bool:
        """Whether it is worth looking."""
        return self._state.shared

    async def session(self, user_id: UserId, company_id: CompanyId) -> SessionSnapshot | None:
        """What another process, or this one before it was started again, knew of this session."""
        if not self._state.shared:
            return None
        data, changed_at = await asyncio.gather(
            self._state.get(_session_key(user_id, company_id)), self._state.get(_changed_key(company_id))
        )
        found = _decode(data, SessionSnapshot)
        if found is None or (found.user_context.user_id, found.user_context.company_id) != (user_id, company_id):
            return None
        if found.context_at <= (_decode(changed_at, float) or 0.0):
            return replace(found, context_at=0.0)
        return found

    def outdate(self, company_id: CompanyId) -> None:
        """The company's records have changed: what was kept until now is as old as can be."""
        if self._state.shared:
            self._state.put(_changed_key(company_id), VERSION + msgspec.msgpack.encode(self._clock.now()), LIFE_S)

    def keep_session(self, user_id: UserId, company_id: CompanyId, snapshot: SessionSnapshot) -> None:
        """Let others take it over, and count its owner among the company's users."""
        if not self._state.shared:
            return
        data = _encode(snapshot)
        if data is not None:
            self._state.put(_session_key(user_id, company_id), data, LIFE_S)
        self._state.join(_group(company_id), user_id, LIFE_S)

    def touch(self, user_id: UserId, company_id: CompanyId) -> None:
        """It is used: its life begins anew."""
        if self._state.shared:
            self._state.touch(_session_key(user_id, company_id), LIFE_S)
            self._state.join(_group(company_id), user_id, LIFE_S)

    async def users(self, company_id: CompanyId) -> int | None:
        """How many of the company have used their session within its life, over all processes; None if unknown."""
        return await self._state.members(_group(company_id)) if self._state.shared else None

    async def history(self, user_id: UserId, thread_id: ThreadId, head: MessageId | None) -> list[Message] | None:
        """The messages up to `head`; None if they are not kept, or end at another one."""
        if head is None or not self._state.shared:
            return None
        key = _history_key(user_id, thread_id)
        found = _decode(await self._state.get(key), _History)
        if found is None or (found.thread_id, found.head) != (thread_id, head):
            return None
        self._state.touch(key, LIFE_S)
        return [
            User(text, found.files.get(place, ())) if role == "u" else Assistant(text)
            for place, (role, text) in enumerate(found.messages)
        ]

    def keep_history(self, user_id: UserId, thread_id: ThreadId, history: History) -> None:
        """Let the next turn, wherever it runs, begin with these messages."""
        if history.head is None or not self._state.shared:
            return
        messages = history.messages[-HISTORY_MESSAGES:]
        data = None
        if sum(len(message.text) for message in messages) <= HISTORY_BYTES:  # else it is not worth encoding
            said = [("u" if isinstance(message, User) else "a", message.text) for message in messages]
            files = {place: one.files for place, one in enumerate(messages) if isinstance(one, User) and one.files}
            data = _encode((thread_id, history.head, said, files))
        if data is None or len(data) > HISTORY_BYTES:
            self._state.forget(_history_key(user_id, thread_id))
        else:
            self._state.put(_history_key(user_id, thread_id), data, LIFE_S)

    def forget_history(self, user_id: UserId, thread_id: ThreadId) -> None:
        """The conversation was deleted, or its history is not what was kept."""
        self._state.forget(_history_key(user_id, thread_id))


def _session_key(user_id: UserId, company_id: CompanyId) -> str:
    return f"session:{user_id}:{company_id}"


def _changed_key(company_id: CompanyId) -> str:
    return f"changed:{company_id}"


def _group(company_id: CompanyId) -> str:
    return f"sessions:{company_id}"


def _history_key(user_id: UserId, thread_id: ThreadId) -> str:
    return f"history:{user_id}:{thread_id}"


def _encode(value: Any) -> bytes | None:
    """None for what has no encoding: a source's own kind of value, or text that is not Unicode."""
    try:
        return VERSION + msgspec.msgpack.encode(value)
    except (TypeError, *UNREADABLE) as error:
        log.warning("snapshot.not_kept", error=type(error).__name__)
        return None


def _decode(data: bytes | None, kind: type[T]) -> T | None:
    if data is None or not data.startswith(VERSION):
        return None
    try:
        return msgspec.msgpack.decode(data[len(VERSION) :], type=kind)
    except UNREADABLE as error:
        log.warning("snapshot.unreadable", error=type(error).__name__)
        return None
