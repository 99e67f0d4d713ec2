"""A conversation: answers are read until they end, and Ctrl-C ends them at the server."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from lea.cli.chatting.screen import Screen
from lea.client import Answer, Confirmation, LeaClient, LeaError, NotFound, WholeThread
from lea.tasks import TaskOwner


class Left(Exception):
    """The person has had enough."""


class Talk:
    """One thread of one person."""

    def __init__(self, lea: LeaClient, screen: Screen, thread: str) -> None:
        self.thread = thread
        self.failed = False
        """Whether the last answer failed."""
        self._lea = lea
        self._screen = screen
        self._tasks = TaskOwner()

    async def say(self, message: str) -> list[Confirmation]:
        """Ask and read; what Léa asks back. Raises Left."""
        return await self._read(self._lea.chat(message, thread=self.thread))

    async def follow(self, turn_id: str) -> list[Confirmation]:
        """Read an answer that is under way."""
        return await self._read(self._lea.follow(self.thread, turn_id))

    async def decide(self, confirmation: Confirmation, *, yes: bool) -> list[Confirmation]:
        """Let it be done, or not, and read what Léa says to it."""
        decide = self._lea.confirmations.approve if yes else self._lea.confirmations.reject
        try:
            decision = await decide(confirmation.id)
        except LeaError as error:
            self._screen.note(error.detail)
            return []
        return await self.follow(decision.turn_id)

    async def whole(self) -> WholeThread | None:
        """What was said before; None in a new conversation. Raises LeaError."""
        try:
            return await self._lea.threads.get(self.thread)
        except NotFound:
            return None

    async def _read(self, answer: Answer) -> list[Confirmation]:
        self._screen.begin()
        self._screen.stage("connecting")
        reading = self._tasks.spawn("chat.reading", self._show(answer))
        with self._interrupted(answer, reading):
            await asyncio.wait([reading])
        left = reading.cancelled() and answer.turn_id is not None
        await self._tasks.aclose()
        if left:
            raise Left
        self._screen.end(answer)
        error = None if reading.cancelled() else reading.result()
        self.failed = error is not None or reading.cancelled()
        if error is not None:
            self._screen.note(error.detail)
        return [one for one in answer.confirmations if one.state == "asked"]

    async def _show(self, answer: Answer) -> LeaError | None:
        try:
            async with answer:
                async for _ in answer.events():
                    self._screen.show(answer)
        except LeaError as error:
            return error
        return None

    @contextmanager
    def _interrupted(self, answer: Answer, reading: asyncio.Task[LeaError | None]) -> Iterator[None]:
        """The first Ctrl-C stops the answer, the second leaves; one before there is an answer gives the message up."""
        pressed = False

        def press() -> None:
            nonlocal pressed
            if pressed or answer.turn_id is None:
                reading.cancel()
                return
            pressed = True
            self._screen.note(self._screen.words["stopping"])
            self._tasks.spawn("chat.stop", self._stop(answer))

        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, press)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    async def _stop(self, answer: Answer) -> None:
        try:
            await answer.stop()
        except LeaError as error:
            self._screen.note(error.detail)
