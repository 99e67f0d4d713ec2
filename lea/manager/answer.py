"""The text of one answer: asked of the model, told as it comes, and kept as it grows."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Literal

from lea import faults
from lea.bus.port import Topic
from lea.errors import ExternalTimeout
from lea.events.answer import Snapshot, Stage
from lea.llm.provider import Answering, Caller, Finished, ModelEvent, ModelStream, Prompt, Provider, Tool, Usage
from lea.llm.stopping import stopped
from lea.manager.acting import Acted
from lea.manager.ask import Ask, Services
from lea.manager.attachments import Attached
from lea.manager.bill import Bill
from lea.manager.calling import Calling
from lea.manager.checkpointer import Watched
from lea.manager.context import render
from lea.manager.cpu import CpuTime
from lea.manager.draft import Draft
from lea.manager.outcome import Outcome, Timings, prompt_tokens
from lea.manager.session import LLMSession
from lea.manager.thread import History
from lea.messages import Assistant, ToolCall, User
from lea.store.turns import SAYING, Begun

Granted = Callable[[], Awaitable[Begun | None]]
Answered = Literal["answered", "known", "stale"]


class Answer:
    """Belongs to a turn, whose topic, draft and outcome it fills."""

    def __init__(
        self,
        ask: Ask,
        topic: Topic,
        draft: Draft,
        services: Services,
        outcome: Outcome,
        timings: Timings,
        calling: Calling,
        bill: Bill,
        cpu: CpuTime,
    ) -> None:
        """`cpu` is told what passing the answer on takes: that happens outside of the turn's own steps."""
        self._ask = ask
        self._topic = topic
        self._draft = draft
        self._services = services
        self._outcome = outcome
        self._timings = timings
        self._calling = calling
        self._bill = bill
        self._cpu = cpu
        self._begun = False
        self._watched: Watched | None = None

    def begun(self) -> None:
        """The store has the turn: from here on it can be told which model is asked."""
        self._begun = True
        if self._watched is not None:
            self._services.checkpointer.watch(self._watched)

    def over(self) -> None:
        """The whole answer is about to be saved."""
        self._watched = None
        self._services.checkpointer.unwatch(self._ask.turn_id)

    async def ask_model(
        self,
        session: LLMSession,
        history: History,
        attached: Attached,
        granted: Granted,
        *,
        acted: str,
        about: str,
        tools: tuple[Tool, ...],
    ) -> Answered:
        """Open the model's stream while the message is being saved, and tell nothing of it before that is done.

        `known`: an earlier turn of this request was begun; `stale`: the store knows a newer history. In both cases
        nothing was told. `acted` is what was done for this message already; then no `tools` are
        offered. `about` is the file the conversation is about. Raises BudgetExceeded where the money is spent and the
        rules do not know the answer either.
        """
        self._topic.publish(Stage("thinking"))
        text, prefix = self._ask.text, ""
        if self._ask.kind not in SAYING and (begun := await granted()) is not None:
            text, prefix = begun.text, begun.prefix
            self._go_on_with(prefix)
        prompt = render(
            session,
            history.messages,
            text,
            prefix=prefix,
            acted=acted,
            about=about,
            language=self._ask.language,
            budget=self._services.config.llm.context_tokens,
            attached=attached,
            instructions=self._ask.given.instructions,
        )
        prompt = replace(prompt, tools=() if acted else tools, settings=self._ask.given.settings)
        provider = self._services.provider
        refused = self._bill.admit(prompt_tokens(prompt))
        if refused is not None:
            if await granted() is None:
                return "known"
            if not self._services.stand_in.can_stand_in(prompt):
                raise refused
            provider = self._services.stand_in
        self._timings.mark("asked_model")
        try:
            async with asyncio.timeout(self._services.config.llm.answer_timeout):
                return await self._rounds(provider, prompt, history, granted)
        except TimeoutError:
            raise ExternalTimeout from None

    async def tell(self, acted: Acted, session: LLMSession, granted: Granted) -> Answered:
        """Say what was done, at a readable pace and without a model."""
        begun = await granted()
        if begun is None:
            return "known"
        caller = Caller(session.user_id, session.company_id, self._ask.language)
        prompt = Prompt("", (User(begun.text),), caller, acted=acted.text)
        async with self._services.teller.open(prompt) as stream:
            self._watch(stream.provider, prompt_tokens(prompt))
            await self._tell(stream, counted=False)
        self._outcome.improve("action")
        return "answered"

    async def _rounds(self, provider: Provider, prompt: Prompt, history: History, granted: Granted) -> Answered:
        """The model's answer, and what it calls for on the way to it, as often as it may."""
        for left in reversed(range(self._services.config.actions.tool_rounds + 1)):
            if not left:
                prompt = replace(prompt, tools=())
            self._call(provider.answering, prompt)
            async with provider.open(prompt) as stream:
                if stream.provider is not provider.answering:
                    self._call(stream.provider, prompt)
                faults.reach("model.asked")
                begun = await granted()
                if begun is None or begun.parent_id != history.head:
                    self._outcome.answered("")  # it was asked, if in vain
                    return "known" if begun is None else "stale"
                text, calls = await self._tell(stopped(stream, prompt))
            self._outcome.answered(text)
            if not calls or not left:
                break
            self._bill.goes_on()
            called = await self._calling.called(calls, begun.user_message_id)
            if called.asked:
                self._ask_consent(self._calling.question(called.asked))
                break
            self._part()
            prompt = replace(prompt, messages=(*prompt.messages, Assistant(text, calls), *called.results))
            self._topic.publish(Stage("thinking"))
        return "answered"

    def _go_on_with(self, prefix: str) -> None:
        if prefix:
            self._draft.begin_with(prefix)
            self._topic.publish(Snapshot(prefix))

    def _ask_consent(self, question: str) -> None:
        """The words of the question, which is saved already; what is said after a decision is another turn's."""
        self._part()
        self._say(question)
        self._outcome.improve("action")

    def _part(self) -> None:
        """A paragraph of its own for what comes next."""
        if self._draft:
            self._say("\n\n")

    def _say(self, text: str) -> None:
        self._draft.add([text])
        self._topic.publish_text([text])

    def _call(self, provider: Answering, prompt: Prompt) -> None:
        """From here on this costs something, also if the process dies; told again once it is known who answers."""
        sent = prompt_tokens(prompt)
        self._outcome.asking(provider, prompt)
        self._bill.calling(provider, sent)
        self._watch(provider, sent)

    def _watch(self, provider: Answering, sent: int) -> None:
        self._watched = Watched(
            self._ask.turn_id, self._outcome.message_id, self._draft, provider.name, provider.model, sent
        )
        if self._begun:
            self._services.checkpointer.watch(self._watched)

    async def _tell(self, stream: ModelStream, *, counted: bool = True) -> tuple[str, tuple[ToolCall, ...]]:
        """The text of this stream, and what it ends with calls for."""
        said: list[str] = []
        calls: list[ToolCall] = []
        await stream.pour(partial(self._take, said, calls, counted))
        self._timings.mark("last_token")
        return "".join(said), tuple(calls)

    def _take(self, said: list[str], calls: list[ToolCall], counted: bool, batch: Sequence[ModelEvent]) -> None:
        """Tell what has come: from the model's bytes to the readers' connections nothing is waited for."""
        began = perf_counter()
        texts = [event for event in batch if isinstance(event, str)]
        if texts:
            if not said:
                self._timings.mark("first_token")
            said += texts
            self._draft.add(texts)
            self._topic.publish_text(texts)
            faults.reach("delta.told")
        if len(texts) != len(batch):
            for event in batch:
                self._note(event, calls, counted)
        self._cpu.add(perf_counter() - began)

    def _note(self, event: ModelEvent, calls: list[ToolCall], counted: bool) -> None:
        if isinstance(event, ToolCall):
            calls.append(event)
        elif isinstance(event, Usage) and counted:
            self._outcome.usage = event
        elif isinstance(event, Finished):
            self._outcome.improve("stop" if event.reason == "tool_calls" else event.reason)
