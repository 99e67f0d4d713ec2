"""What people say of answers: a thumb up or down with a reason, and what admins read of it."""

from typing import Annotated, Literal, Self

import structlog
from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field, model_validator

from lea.events.notice import FeedbackChanged
from lea.handlers import paging
from lea.handlers.feedback_answers import FeedbackAnswer, feedback_answer
from lea.handlers.keys import CLOCK, NOTICES, STORE
from lea.handlers.parameters import PAGED
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.ids import MessageId
from lea.metrics import FEEDBACK
from lea.records.fields import UNWRITABLE
from lea.store import feedback
from lea.store.feedback import Opinion, Rated, Told

PAGE = 50

log = structlog.get_logger()


def _comment(value: object) -> object:
    """What is left is the words, None where there are none."""
    return UNWRITABLE.sub("", value).strip() or None if isinstance(value, str) else value


class FeedbackBody(Model):
    """Only what is `down` has a reason."""

    rating: Literal["up", "down"]
    reason: Literal["wrong", "incomplete", "not_done", "unclear", "other"] | None = None
    comment: Annotated[Annotated[str, Field(max_length=1000)] | None, BeforeValidator(_comment)] = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.rating == "up" and self.reason is not None:
            raise ValueError("reason_of_up")
        return self


class FeedbackEntry(FeedbackAnswer):
    message_id: str
    turn_id: str
    provider: str | None
    user_id: str
    name: str
    email: str


class FeedbackPage(BaseModel):
    feedback: list[FeedbackEntry]
    next_cursor: str | None


routes = Routes("feedback")


@routes.add("PUT", "/v1/lea/messages/{id}/feedback", body=FeedbackBody, answer=FeedbackAnswer)
async def give(call: Call[FeedbackBody]) -> web.StreamResponse:
    """Say of an answer that it was good or not, and why; what was said of it before is replaced."""
    now, user_id, body = call.app[CLOCK].now(), call.identity.user_id, call.body
    wanted = Opinion(MessageId(client_id(call.request)), body.rating, body.reason, body.comment, now, now)
    kept, about = await call.app[STORE].write(lambda connection: feedback.give(connection, user_id, wanted))
    if about.fresh:
        FEEDBACK.labels(kept.rating).inc()
    log.info(
        "feedback.given",
        message_id=kept.message_id,
        turn_id=about.turn_id,
        user_id=user_id,
        company_id=about.company_id,
        rating=kept.rating,
        reason=kept.reason,
        commented=kept.comment is not None,
    )
    _tell(call, about, kept.message_id, kept)
    return json_response(feedback_answer(kept))


@routes.add("DELETE", "/v1/lea/messages/{id}/feedback", status=204)
async def take_back(call: Call[Empty]) -> web.StreamResponse:
    """Take back what was said of an answer; nothing happens where nothing was."""
    user_id, message_id = call.identity.user_id, MessageId(client_id(call.request))
    about, there = await call.app[STORE].write(lambda connection: feedback.take_back(connection, user_id, message_id))
    if there:
        log.info(
            "feedback.taken_back",
            message_id=message_id,
            turn_id=about.turn_id,
            user_id=user_id,
            company_id=about.company_id,
        )
        _tell(call, about, message_id, None)
    return web.Response(status=204)


@routes.add(
    "GET",
    "/v1/admin/feedback",
    answer=FeedbackPage,
    access="admin",
    query=PAGED,
)
async def listed(call: Call[Empty]) -> web.StreamResponse:
    """What the company's people said of answers, the newest first; the answers themselves stay theirs."""
    limit, before = paging.limit(call.request, PAGE), paging.cursor(call.request)
    company_id = call.identity.company_id
    rows = await call.app[STORE].read(lambda connection: feedback.page(connection, company_id, limit + 1, before))
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1].opinion
        next_cursor = paging.cursor_after(last.updated_at, last.message_id)
    return json_response({"feedback": [_entry(row) for row in rows[:limit]], "next_cursor": next_cursor})


def _entry(told: Told) -> dict[str, object]:
    return {
        **feedback_answer(told.opinion),
        "message_id": told.opinion.message_id,
        "turn_id": told.turn_id,
        "provider": told.provider,
        "user_id": told.user_id,
        "name": told.name,
        "email": told.email,
    }


def _tell(call: Call[FeedbackBody] | Call[Empty], about: Rated, message_id: MessageId, said: Opinion | None) -> None:
    """To the person's other tabs."""
    body = None if said is None else feedback_answer(said)
    call.app[NOTICES].tell(call.identity.user_id, FeedbackChanged(about.thread_id, message_id, body))
