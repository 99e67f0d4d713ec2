"""The text of one answer: asked of the model, told as it comes, and kept as it grows."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from lea import faults
from lea.bus.port import Topic
from lea.errors import ExternalTimeout
from lea.events import Snapshot, Stage
from lea.llm.provider import Answering, Finished, ModelStream, Prompt, Usage
from lea.manager.ask import Ask, Services
from lea.manager.checkpointer import Watched
from lea.manager.context import render
from lea.manager.draft import Draft
from lea.manager.outcome import Outcome, Timings, prompt_tokens
from lea.manager.session import LLMSession
from lea.manager.thread import History
from lea.store.turns import Begun

Granted = Callable[[], Awaitable[Begun | None]]


class Answer:
    """Belongs to a turn, whose topic, draft and outcome it fills."""

    def __init__(
        self, ask: Ask, topic: Topic, draft: Draft, services: Services, outcome: Outcome, timings: Timings
    ) -> None:
        self.prompt: Prompt | None = None
        self._ask = ask
        self._topic = topic
        self._draft = draft
        self._services = services
        self._outcome = outcome
        self._timings = timings

    async def ask_model(
        self, session: LLMSession, history: History, granted: Granted
    ) -> Literal["answered", "known", "stale"]:
        """Open the model's stream while the message is being saved, and tell nothing of it before that is done.

        `known`: an earlier turn of this request was begun; `stale`: the store knows a newer history. In both cases
        nothing was told.
        """
        self._topic.publish(Stage("thinking"))
        provider = self._services.provider
        text, prefix = self._ask.text, ""
        if self._ask.kind != "message" and (begun := await granted()) is not None:
            text, prefix = begun.text, begun.prefix
            self._go_on_with(prefix)
        budget = self._services.config.llm.context_tokens
        self.prompt = render(session, history.messages, text, prefix, self._ask.language, budget)
        self._outcome.asked(provider.answering)
        self._timings.mark("asked_model")
        async with provider.open(self.prompt) as stream:
            self._outcome.asked(stream.provider)
            faults.reach("model.asked")
            begun = await granted()
            if begun is None:
                return "known"
            if begun.parent_id != history.head:
                return "stale"
            self._checkpoint_from_now(self.prompt, stream.provider)
            try:
                async with asyncio.timeout(self._services.config.llm.answer_timeout):
                    await self._tell(stream)
            except TimeoutError:
                raise ExternalTimeout from None
        return "answered"

    def _go_on_with(self, prefix: str) -> None:
        if prefix:
            self._draft.begin_with(prefix)
            self._topic.publish(Snapshot(prefix))

    def _checkpoint_from_now(self, prompt: Prompt, provider: Answering) -> None:
        sent = prompt_tokens(prompt)
        self._services.checkpointer.watch(
            Watched(self._ask.turn_id, self._outcome.message_id, self._draft, provider.name, provider.model, sent)
        )

    async def _tell(self, stream: ModelStream) -> None:
        first = True
        async for batch in stream:
            texts = [event for event in batch if isinstance(event, str)]
            if texts:
                if first:
                    self._timings.mark("first_token")
                    first = False
                self._draft.add(texts)
                self._topic.publish_text(texts)
                faults.reach("delta.told")
            for event in batch:
                if isinstance(event, Usage):
                    self._outcome.usage = event
                elif isinstance(event, Finished):
                    self._outcome.improve(event.reason)
        self._timings.mark("last_token")
