"""`lea chat`: Léa in a terminal, or one question on standard input."""

import asyncio
import os
import sys
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar
from uuid import uuid4

import click

from lea.cli.chatting.prompting import history_file, question, remembered, typed
from lea.cli.chatting.screen import Screen
from lea.cli.chatting.talk import Left, Talk
from lea.cli.chatting.words import NO, WORDS, YES, language
from lea.client import Confirmation, LeaClient, LeaError, WholeThread

T = TypeVar("T")
MOST: Final = 200_000
"""Characters read of standard input: more than the server takes, so that it says so."""
INTERRUPTED: Final = 130


@click.command()
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="The server.")
@click.option("--key-env", default="LEA_KEY", show_default=True, help="The variable that has the API key.")
@click.option("--email", help="Sign in with this address and a password instead.")
@click.option("--thread", help="Go on with this conversation, and read the answer that is under way.")
def chat(*, url: str, key_env: str, email: str | None, thread: str | None) -> None:
    """Talk with Léa; without a terminal, answer the question on standard input. Exit code 1 where it fails."""
    words = WORDS[language(os.environ)]
    key = os.environ.get(key_env) or None
    password = None
    if email is not None:
        key, password = None, click.prompt(words["password"], hide_input=True, err=True)
    elif key is None:
        raise click.UsageError(words["who"].format(name=key_env))
    screen = Screen(sys.stdout, sys.stderr, language(os.environ))
    lea = LeaClient(
        url,
        key=key,
        email=email,
        password=password,
        language=language(os.environ),
        waiting=lambda _, seconds: screen.stage("lost", seconds=round(seconds, 1)),
    )
    with asyncio.Runner() as runner:
        try:
            sys.exit(_chat(runner, lea, screen, thread))
        except LeaError as error:
            raise click.ClickException(error.detail) from None
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)


def _chat(runner: asyncio.Runner, lea: LeaClient, screen: Screen, thread: str | None) -> int:
    """The exit code. Raises LeaError for a server or a caller that cannot talk at all."""
    talk = Talk(lea, screen, thread or f"cli-{uuid4().hex[:12]}")
    runner.run(_entered(lea))
    try:
        if sys.stdin.isatty():
            _converse(runner, talk, screen, known=thread is not None)
            return 0
        return _once(runner, talk, screen)
    finally:
        runner.run(lea.__aexit__(None, None, None))


async def _entered(lea: LeaClient) -> None:
    """Whether there is a server that knows the caller is said before anybody types."""
    await lea.__aenter__()
    try:
        await lea.request("GET", "/v1/auth/me")
    except BaseException:
        await lea.__aexit__(None, None, None)
        raise


def _once(runner: asyncio.Runner, talk: Talk, screen: Screen) -> int:
    message = sys.stdin.read(MOST)
    if not message.strip():
        raise click.UsageError(screen.words["empty"])
    try:
        asked = runner.run(talk.say(message))
    except Left:
        return INTERRUPTED
    for confirmation in asked:
        screen.note(screen.words["asks"].format(summary=confirmation.summary))
    if asked:
        screen.note(screen.words["nobody"])
    return 1 if talk.failed else 0


def _converse(runner: asyncio.Runner, talk: Talk, screen: Screen, *, known: bool) -> None:
    conversation = _Conversation(runner, talk, screen)
    with remembered(history_file(os.environ)), suppress(EOFError, KeyboardInterrupt, Left):
        screen.note(screen.words["hello"].format(thread=talk.thread))
        if known:
            conversation.resume()
        while True:
            message = question("> ")
            if message.strip():
                conversation.run(talk.say(message))
    screen.note("")
    screen.note(screen.words["later"].format(thread=talk.thread))


class _Conversation:
    """The loop runs while Léa speaks; while people type nothing does."""

    def __init__(self, runner: asyncio.Runner, talk: Talk, screen: Screen) -> None:
        self._runner = runner
        self._talk = talk
        self._screen = screen

    def resume(self) -> None:
        """The last words of the conversation, the answer under way, and what is still asked."""
        thread = self._runner.run(self._talk.whole())
        if thread is None:
            return
        self._recall(thread)
        if thread.live_turn_id is not None:
            self._screen.note(self._screen.words["answering"])
            self.run(self._talk.follow(thread.live_turn_id))
        elif thread.messages:
            self._ask([one for one in thread.messages[-1].confirmations if one.state == "asked"])

    def run(self, speaking: Coroutine[Any, Any, Sequence[Confirmation]]) -> None:
        """Read, then ask what Léa asks, until nothing is asked any more."""
        self._ask(self._runner.run(speaking))

    def _ask(self, asked: Sequence[Confirmation]) -> None:
        waiting = deque(asked)
        while waiting:
            confirmation = waiting.popleft()
            self._screen.ask(confirmation)
            yes = self._decision()
            waiting.extend(self._runner.run(self._talk.decide(confirmation, yes=yes)))

    def _decision(self) -> bool:
        """Only a plain yes or no counts."""
        while True:
            said = typed(self._screen.words["consent"]).strip().casefold()
            if said in YES | NO:
                return said in YES

    def _recall(self, thread: WholeThread) -> None:
        for message in thread.messages[-2:]:
            if message.role == "user":
                self._screen.say(f"{self._screen.words['you']}: {message.content}")
            elif message.turn_id != thread.live_turn_id:
                self._screen.say(message.content)
