"""The client: one server, one caller, and the parts of the server by name."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import aiohttp

from lea.client.answer import Answer, Asked
from lea.client.http import Http, Sent, opened, segment
from lea.client.notices import Notices
from lea.client.resuming import Patience, Resumed, Waiting
from lea.client.rooms import Confirmations, Imports, Jobs, Threads, Transactions
from lea.client.runs import Runs
from lea.client.signing import Key, Password
from lea.client.wire import Transcription, decoded


class LeaClient:
    """To be entered with `async with`; it may be shared by any number of tasks of one loop.

    Either a `key`, or `email` and `password`, which sign in when first needed, refresh by themselves, and sign out at
    the end. `language` (fr, en) is that of sentences; by default the account's. In seconds: `patience` is for how
    long a lost stream is taken up again, `silence` after how long a stream that says nothing is lost, `timeout`
    how long an ordinary request may take. `waiting` is called before each pause between attempts.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        email: str | None = None,
        password: str | None = None,
        language: str | None = None,
        patience: float = 120.0,
        silence: float = 45.0,
        timeout: float = 60.0,
        waiting: Waiting | None = None,
    ) -> None:
        if (key is None) == (email is None or password is None):
            raise ValueError("either a key, or an email and a password")
        self._given = (url, key, email or "", password or "")
        self._options = (language, silence, timeout)
        self._patience = patience
        self._waiting = waiting

    async def __aenter__(self) -> Self:
        url, key, email, password = self._given
        language, silence, timeout = self._options
        self._session = opened()
        self._http = http = Http(self._session, url, language, silence=silence, timeout=timeout)
        self._password = None if key is not None else Password(http.post, email, password)
        http.credentials = self._password or Key(key or "")
        self.threads = Threads(http)
        self.confirmations = Confirmations(http)
        self.runs = Runs(http, self._patience)
        self.imports = Imports(http)
        self.transactions = Transactions(http)
        self.jobs = Jobs(http)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._password is not None and self._password.signed_in:
                await self._http.log_out(await self._password.bearer())
        finally:
            await self._session.close()

    def chat(
        self,
        message: str,
        *,
        thread: str | None = None,
        request_id: str | None = None,
        parent: str | None = None,
        attachments: Sequence[str] = (),
    ) -> Answer:
        """Say something; without a `thread` a conversation is made.

        A `request_id` of one's own makes it safe to ask again after the program itself has died: it attaches to the
        turn that was begun.
        """
        body: dict[str, Any] = {"message": message, "request_id": request_id or _new_id()}
        body |= {} if thread is None else {"session_id": thread}
        body |= {} if parent is None else {"parent_message_id": parent}
        body |= {"attachments": list(attachments)} if attachments else {}
        return self._answer(thread, Asked("/v1/lea/chat/stream", body))

    async def ask(
        self,
        message: str,
        *,
        thread: str | None = None,
        request_id: str | None = None,
        parent: str | None = None,
        attachments: Sequence[str] = (),
    ) -> Answer:
        """As `chat`, but the whole answer."""
        asking = self.chat(message, thread=thread, request_id=request_id, parent=parent, attachments=attachments)
        async with asking as answer:
            await answer.whole()
        return answer

    def regenerate(self, thread: str, *, request_id: str | None = None) -> Answer:
        """The last message answered again; the earlier answer is kept as a version."""
        return self._again("regenerate", thread, request_id)

    def continue_(self, thread: str, *, request_id: str | None = None) -> Answer:
        """Goes on where the last answer was cut; its text begins with what was said."""
        return self._again("continue", thread, request_id)

    def follow(self, thread: str, turn_id: str | None = None) -> Answer:
        """The thread's live answer from its start, or that turn's; it is empty where there is none."""
        return self._answer(thread, turn_id)

    async def stop(self, thread: str, turn_id: str | None = None) -> bool:
        """Ends the live turn, or the one named, and keeps what was said; whether there was one."""
        path = f"/v1/lea/threads/{segment(thread)}/stop"
        answer = await self.request("POST", path, {} if turn_id is None else {"turn_id": turn_id})
        return bool(answer["stopped"])

    async def transcribe(self, file: Path | str, *, language: str | None = None) -> Transcription:
        """What a recording says, before it is sent. Raises OSError where it cannot be read, LeaError."""
        data = await asyncio.to_thread(Path(file).read_bytes)

        def form() -> aiohttp.FormData:
            made = aiohttp.FormData({} if language is None else {"language": language})
            made.add_field("file", data, filename="recording", content_type="application/octet-stream")
            return made

        body = await self._http.call(Sent("POST", "/v1/lea/voice/transcriptions", form=form))
        return decoded(body, Transcription)

    def events(self) -> Notices:
        """What changes outside of answers, without end, from the `async with` on."""
        return Notices(Resumed(self._http, Patience(self._patience, self._waiting)))

    async def request(self, method: str, path: str, body: object = None, **params: str) -> Any:
        """Any other route: its JSON, None where there is none. Raises LeaError."""
        answer = await self._http.call(Sent(method, path, body, params))
        return decoded(answer, object) if answer else None

    def _again(self, how: str, thread: str, request_id: str | None) -> Answer:
        path = f"/v1/lea/threads/{segment(thread)}/{how}"
        return self._answer(thread, Asked(path, {"request_id": request_id or _new_id()}))

    def _answer(self, thread: str | None, asked: Asked | str | None) -> Answer:
        return Answer(self._http, thread, asked, Patience(self._patience, self._waiting))


def _new_id() -> str:
    return f"rq_{uuid4().hex}"
