"""One answer of Léa's, read as it is written, through lost connections and restarts."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from lea.client.errors import ConnectionLost, NotFound, of_event
from lea.client.http import Http, Nothing, Sent, segment
from lea.client.resuming import Event, Patience, Resumed
from lea.client.told import Replaced, Told
from lea.client.wire import Message, WholeThread, decoded

STREAM: Final = "text/event-stream"
BEGUN_AGAIN: Final = 3
"""Times a message is sent again that a server accepted and then, dying, forgot."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What begins a turn; sending it again, with the same `request_id` in the body, attaches to the same turn."""

    path: str
    body: dict[str, Any]


class Answer(Told):
    """Made by the client; to be entered with `async with`, which begins the turn. Leaving it leaves the turn alone.

    Iterate over pieces of text (`async for piece in answer`) or over `events()`; both keep the attributes up to date.
    Where the answer fails, its error is raised at the end of the iteration, and `text` is what was said until then.
    """

    def __init__(self, http: Http, thread_id: str | None, asked: Asked | str | None, patience: Patience) -> None:
        """`asked` begins the turn, or is the id of one to follow; None follows the thread's live turn."""
        super().__init__(thread_id, asked if isinstance(asked, str) else None)
        self._http = http
        self._asked = asked if isinstance(asked, Asked) else None
        self._patience = patience
        self._resumed = Resumed(http, patience)
        self._resumed.cursor = f"{asked}:0" if isinstance(asked, str) else None
        self._left = BEGUN_AGAIN
        self._told = self._telling()
        self._first: list[Event] = []

    async def __aenter__(self) -> Self:
        """The server has the message. Raises LeaError where it refuses."""
        try:
            async for event in self._told:
                self._first.append(event)
                break
        except BaseException:
            await self._told.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._told.aclose()

    async def events(self) -> AsyncIterator[Event]:
        """Every event as the server told it; a second iteration goes on where the first was left."""
        while self._first:
            yield self._first.pop()
        async for event in self._told:
            yield event
        if self.error is not None:
            raise self.error

    async def __aiter__(self) -> AsyncIterator[str]:
        """Text to be appended, as `str`, and `Replaced` where all before it is void; a second iteration goes on."""
        async for _ in self.events():
            piece = self.take()
            if piece or isinstance(piece, Replaced):
                yield piece

    async def whole(self) -> str:
        """The text, once all of it is there. Raises the answer's error."""
        async for _ in self.events():
            pass
        return self.text

    async def stop(self) -> bool:
        """Ends the turn and keeps what was said; the answer is still read to its end. Whether there was one."""
        if self.thread_id is None:
            return False
        path = f"/v1/lea/threads/{segment(self.thread_id)}/stop"
        body = await self._http.call(Sent("POST", path, {} if self.turn_id is None else {"turn_id": self.turn_id}))
        return bool(decoded(body, dict[str, Any])["stopped"])

    async def _telling(self) -> AsyncGenerator[Event, None]:
        read = self._resumed.cursor
        while self.done is None:
            events = self._resumed.events(self._next)
            try:
                async for event in events:
                    if not self._is_ours(event):
                        self._resumed.cursor = read
                        raise Nothing
                    read = event.id or read
                    self.hear(event.data)
                    yield event
                    if self.done is not None:
                        return
            except (Nothing, NotFound) as error:
                if self._resumed.cursor is None:
                    if isinstance(error, NotFound) or self._asked is not None:
                        raise
                    return
                yield await self._recalled()
            finally:
                await events.aclose()

    def _next(self) -> Sent:
        if self._resumed.cursor is None and self._asked is not None:
            return Sent("POST", self._asked.path, self._asked.body, accept=STREAM)
        assert self.thread_id is not None
        path = f"/v1/lea/threads/{segment(self.thread_id)}/stream"
        return Sent("GET", path, accept=STREAM, after=self._resumed.cursor)

    def _is_ours(self, event: Event) -> bool:
        """To the cursor of an end the server tells the next turn, which is another answer's."""
        turn_id = (event.id or "").rpartition(":")[0]
        self.turn_id = self.turn_id or turn_id
        return turn_id in {"", self.turn_id}

    async def _recalled(self) -> Event:
        """The stream has nothing of this turn any more: what the conversation says of it.

        A message that a dying server accepted but had not saved is sent again, and that answer's begin is the event.
        """
        saved = await self._saved()
        if saved is not None and saved.finish_reason is None:
            await self._patience.wait(ConnectionLost("nobody tells this answer now, and it has not ended"))
            return Event(None, {"status": "restarting"})
        if saved is not None:
            self.say_instead(saved.content)
            self.actions, self.confirmations = [*saved.actions], [*saved.confirmations]
            if saved.error is not None:
                self.error = of_event({"error": saved.error.detail, **msgspec.to_builtins(saved.error)})
            told = {
                "done": True,
                "session_id": self.thread_id,
                "turn_id": self.turn_id,
                "finish_reason": saved.finish_reason,
                "message_id": saved.id,
                "provider": saved.provider,
                "citations": msgspec.to_builtins(saved.citations),
            }
            self.hear(told)
            return Event(self._resumed.cursor, {"snapshot": self.text})
        if self._asked is None or self.text or not self._left:
            raise NotFound("this answer is not there any more", code="not_found")
        self._left -= 1
        self._resumed.cursor = None
        return Event(None, {"status": "connecting"})

    async def _saved(self) -> Message | None:
        assert self.thread_id is not None
        with suppress(NotFound):
            body = await self._http.call(Sent("GET", f"/v1/lea/threads/{segment(self.thread_id)}"))
            thread = decoded(body, WholeThread)
            ours = (one for one in thread.messages if one.turn_id == self.turn_id and one.role == "assistant")
            return next(ours, None)
        return None
