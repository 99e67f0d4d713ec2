"""Questions of programs that bring tools of their own: handed to the configured model, and its answer handed back.

Nothing of it is kept but what it cost. It is bounded, budgeted, retried and accounted as any call of a turn; who asked
and goes away ends it.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from lea.auth.permissions import Identity
from lea.errors import BadRequest, CircuitOpen, ExternalTimeout, LeaError, Overloaded
from lea.llm.prices import FREE
from lea.llm.provider import Caller, CallPiece, Finished, ModelEvent, Prompt, Usage
from lea.llm.stopping import stopped
from lea.manager.ask import Services
from lea.manager.context import instructed, system_prompt
from lea.manager.outcome import prompt_tokens
from lea.manager.relay_bill import RelayBill, Relayed
from lea.messages import Message, ToolCall
from lea.resilience.bounds import Bound, Most
from lea.sentences import Language

Tell = Callable[[Sequence[ModelEvent]], None]


@dataclass(frozen=True, slots=True)
class Question:
    """The whole conversation, as the program has it; `settings` go along to the model as they are."""

    messages: tuple[Message, ...]
    instructions: str
    settings: Mapping[str, Any]
    language: Language


class Relays:
    """Of this process."""

    def __init__(self, services: Services) -> None:
        limits = services.config.limits
        self._services = services
        self._bound = Bound("relays", Most(limits.turns_per_user, limits.turns_per_company, limits.turns))
        self._running: set[asyncio.Task[Relayed | LeaError]] = set()
        self._draining = False

    def admit(self, identity: Identity) -> None:
        """Raises BadRequest(`tools_need_model`) where only rules answer, Overloaded (too many, or `shutting_down`)."""
        if self._draining:
            raise Overloaded("shutting_down", retry_after_s=5)
        if self._services.provider.answering.price_hint == FREE:
            raise BadRequest("tools_need_model", errors=[{"path": "tools", "message": "tools_need_model"}])
        self._bound.check(identity.user_id, identity.company_id)

    def start(
        self, identity: Identity, question: Question, relay_id: str, tell: Tell
    ) -> "asyncio.Task[Relayed | LeaError]":
        """The answer, told as it comes, or why there is none; cancelling ends the call to the model."""
        task = self._services.settling.spawn("relay", self._ask(identity, question, relay_id, tell))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def drain(self, grace_s: float) -> None:
        """Take no more, let those under way end, and cut what is left after `grace_s`."""
        self._draining = True
        if self._running:
            _, left = await asyncio.wait(self._running, timeout=grace_s)
            for task in left:
                task.cancel()

    async def _ask(self, identity: Identity, question: Question, relay_id: str, tell: Tell) -> Relayed | LeaError:
        try:
            self.admit(identity)
            with self._bound.place(identity.user_id, identity.company_id):
                return await _Relay(self._services, identity, question, relay_id).run(tell)
        except LeaError as error:  # a value: a refusal is no crash of this task
            return error


class _Relay:
    """One question."""

    def __init__(self, services: Services, identity: Identity, question: Question, relay_id: str) -> None:
        self._services = services
        self._identity = identity
        self._question = question
        self._relayed = Relayed(relay_id)
        self._bill = RelayBill(services, identity, self._relayed)
        self._began = perf_counter()

    async def run(self, tell: Tell) -> Relayed:
        with self._accounted():
            prompt = await self._prompt()
            try:
                async with asyncio.timeout(self._services.config.llm.answer_timeout):
                    await self._relay(prompt, tell)
            except TimeoutError:
                raise ExternalTimeout from None
        if self._bill.keeping is not None:
            await asyncio.shield(self._bill.keeping)
        return self._relayed

    async def _prompt(self) -> Prompt:
        identity, question, services = self._identity, self._question, self._services
        session, _ = await services.manager.session(identity)
        await asyncio.gather(session.ensure_loaded(), services.budgets.ready(identity.company_id))
        system = instructed(system_prompt(session, question.language), question.instructions)
        caller = Caller(identity.user_id, identity.company_id, question.language)
        return Prompt(system, question.messages, caller, settings=question.settings, pieces=True)

    async def _relay(self, prompt: Prompt, tell: Tell) -> None:
        provider, relayed = self._services.provider, self._relayed
        relayed.sent = prompt_tokens(prompt)
        self._bill.admit(provider.answering)
        relayed.asked = provider.answering
        self._mark("asked_model")
        async with provider.open(prompt) as stream:
            relayed.asked = stream.provider
            await stopped(stream, prompt).pour(partial(self._pass_on, tell))

    def _pass_on(self, tell: Tell, batch: Sequence[ModelEvent]) -> None:
        self._take(batch)
        tell(batch)

    def _take(self, batch: Sequence[ModelEvent]) -> None:
        relayed = self._relayed
        if batch:
            self._mark("first_token")
        for event in batch:
            match event:
                case str():
                    relayed.text.append(event)
                case CallPiece():
                    relayed.written.append(event.arguments)
                case ToolCall():
                    relayed.calls.append(event)
                case Usage():
                    relayed.usage = event
                case Finished():
                    relayed.reason = event.reason

    def _mark(self, name: str) -> None:
        self._relayed.timings_ms.setdefault(name, round((perf_counter() - self._began) * 1000, 3))

    @contextmanager
    def _accounted(self) -> Iterator[None]:
        """However it ends, what it cost is kept, and one line says how it went."""
        error: str | None = "left"
        try:
            yield
            error = None
        except LeaError as refused:
            error = refused.reason
            if isinstance(refused, CircuitOpen):
                self._relayed.asked = None  # nobody was
            raise
        finally:
            self._mark("ended")
            self._bill.settle()
            self._bill.report(error)
