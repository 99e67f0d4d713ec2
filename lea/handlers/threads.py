"""Conversations: list, read, change, choose a branch, delete, search, export."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Literal, Self

import orjson
from aiohttp import web
from pydantic import AfterValidator, StringConstraints, model_validator
from sqlalchemy import Connection

from lea.clock import iso
from lea.errors import BadRequest, NotFound
from lea.events.notice import ThreadChanged
from lea.handlers import paging
from lea.handlers.answers import (
    FoundMessages,
    FoundThreads,
    ThreadAnswer,
    ThreadPage,
    WholeThread,
    thread_answer,
)
from lea.handlers.chat import ClientId
from lea.handlers.doings import message_answers
from lea.handlers.keys import CLOCK, NOTICES, STORE, TURNS
from lea.handlers.parameters import LOOKED_FOR, PAGED, one_of
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.ids import MessageId, ThreadId, TurnId, UserId
from lea.messages import File
from lea.store import attachments, branches, deleted, threads
from lea.store import messages as messages_of
from lea.store.messages import MessageRow
from lea.store.threads import ThreadRow

PAGE = 50
FOUND = 50


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("has control characters")
    return value


class BranchBody(Model):
    """A message of the branch to show: one of another message's `siblings`."""

    message_id: ClientId


class ThreadChange(Model):
    """What is sent is changed; something has to be."""

    title: (
        Annotated[
            str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
        ]
        | None
    ) = None
    pinned: bool | None = None
    archived: bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.title is None and self.pinned is None and self.archived is None:
            raise ValueError("nothing_to_change")
        return self


routes = Routes("threads")


@routes.add(
    "GET",
    "/v1/lea/threads",
    answer=ThreadPage,
    query={**PAGED, "archived": one_of("false", "true", says="true: those that were put away instead")},
)
async def list_threads(call: Call[Empty]) -> web.StreamResponse:
    """The caller's conversations, the last used first; with the first page all that are pinned."""
    limit, before = paging.limit(call.request, PAGE), paging.cursor(call.request)
    user_id, archived = call.identity.user_id, _archived(call.request)
    rows, pinned = await call.app[STORE].read(
        lambda connection: (
            threads.page(connection, user_id, limit + 1, before, archived=archived),
            [] if archived or before is not None else threads.pinned(connection, user_id),
        )
    )
    more = len(rows) > limit
    return json_response(
        {
            "pinned": [_answer(call, row) for row in pinned],
            "threads": [_answer(call, row) for row in rows[:limit]],
            "next_cursor": paging.cursor_after(rows[limit - 1].updated_at, rows[limit - 1].id) if more else None,
        }
    )


def _archived(request: web.Request) -> bool:
    value = request.query.get("archived", "false")
    if value not in {"true", "false"}:
        raise BadRequest(errors=[{"path": "archived", "message": "true or false"}])
    return value == "true"


@routes.add("GET", "/v1/lea/threads/search", answer=FoundThreads, query=LOOKED_FOR)
async def search(call: Call[Empty]) -> web.StreamResponse:
    """Conversations whose title or messages contain the words; without any, the conversation called `search`."""
    if "q" not in call.request.query:
        return await _told(call, ThreadId("search"))
    words = paging.words(call.request)
    user_id = call.identity.user_id
    rows = await call.app[STORE].read(lambda connection: threads.search(connection, user_id, words, FOUND))
    return json_response({"threads": [_answer(call, row) for row in rows]})


@routes.add("GET", "/v1/lea/threads/{id}", answer=WholeThread)
async def read(call: Call[Empty]) -> web.StreamResponse:
    """One conversation with the messages of the branch that is shown."""
    return await _told(call, ThreadId(client_id(call.request)))


async def _told(call: Call[Empty] | Call[BranchBody], thread_id: ThreadId) -> web.StreamResponse:
    thread, messages = await _whole(call, thread_id)
    body = _answer(call, thread)
    body["messages"] = await message_answers(call.app, call.identity, messages, call.language)
    return json_response(body)


@routes.add("PATCH", "/v1/lea/threads/{id}", body=ThreadChange, answer=ThreadAnswer)
async def change(call: Call[ThreadChange]) -> web.StreamResponse:
    """Give a conversation another title, keep it on top, put it away; or the reverse."""
    thread_id = ThreadId(client_id(call.request))
    user_id, now = call.identity.user_id, call.app[CLOCK].now()
    wanted = call.body.model_dump(exclude_none=True)
    row = await call.app[STORE].write(lambda connection: threads.change(connection, user_id, thread_id, now, **wanted))
    if row is None:
        raise NotFound
    state: Literal["renamed", "changed"] = "renamed" if set(wanted) == {"title"} else "changed"
    call.app[NOTICES].tell(user_id, ThreadChanged(thread_id, state))
    return json_response(_answer(call, row))


@routes.add("POST", "/v1/lea/threads/{id}/branch", body=BranchBody, answer=WholeThread)
async def branch(call: Call[BranchBody]) -> web.StreamResponse:
    """Show the branch of this message, to its newest end: every tab shows it, and the model sees it next."""
    thread_id = ThreadId(client_id(call.request))
    identity, message_id = call.identity, MessageId(call.body.message_id)
    await call.app[STORE].write(
        lambda connection: branches.choose(connection, identity.user_id, thread_id, message_id),
        order=(identity.user_id, thread_id),
    )
    call.app[TURNS].branched(identity.user_id, identity.company_id, thread_id)
    call.app[NOTICES].tell(identity.user_id, ThreadChanged(thread_id, "branched"))
    return await _told(call, thread_id)


@routes.add("DELETE", "/v1/lea/threads/{id}", status=204)
async def delete(call: Call[Empty]) -> web.StreamResponse:
    """Delete a conversation; an answer under way is stopped. Within a day it can be brought back."""
    now = call.app[CLOCK].now()
    return await _forget(call, partial(deleted.put_aside, now=now))


@routes.add("POST", "/v1/lea/threads/{id}/restore", answer=ThreadAnswer)
async def restore(call: Call[Empty]) -> web.StreamResponse:
    """Bring back a conversation that was deleted within the last day, under its name."""
    thread_id = ThreadId(client_id(call.request))
    user_id, now = call.identity.user_id, call.app[CLOCK].now()
    row = await call.app[STORE].write(
        lambda connection: (
            deleted.bring_back(connection, user_id, thread_id, now) and threads.get(connection, user_id, thread_id)
        )
    )
    if not row:
        raise NotFound
    call.app[NOTICES].tell(user_id, ThreadChanged(thread_id, "restored"))
    return json_response(_answer(call, row))


@routes.add("DELETE", "/v1/lea/sessions/{id}", status=204)
async def forget(call: Call[Empty]) -> web.StreamResponse:
    """Forget a conversation for good, with all that was said; an answer under way is stopped."""
    return await _forget(call, threads.remove)


@routes.add("GET", "/v1/lea/threads/{id}/search", answer=FoundMessages, query=LOOKED_FOR)
async def search_in(call: Call[Empty]) -> web.StreamResponse:
    """Messages of one conversation that contain the words, newest first."""
    words = paging.words(call.request)
    thread_id = ThreadId(client_id(call.request))
    user_id = call.identity.user_id
    store = call.app[STORE]
    if await store.read(lambda connection: threads.get(connection, user_id, thread_id)) is None:
        raise NotFound
    rows = await store.read(lambda connection: messages_of.search(connection, user_id, thread_id, words, FOUND))
    return json_response({"messages": await message_answers(call.app, call.identity, rows, call.language)})


@routes.add(
    "GET",
    "/v1/lea/threads/{id}/export",
    answer="text/markdown",
    media={"application/json": WholeThread},
    query={"format": one_of("md", "json")},
)
async def export(call: Call[Empty]) -> web.StreamResponse:
    """The conversation as a file: Markdown to read, or JSON."""
    kind = call.request.query.get("format", "md")
    if kind not in {"md", "json"}:
        raise BadRequest(errors=[{"path": "format", "message": "md or json"}])
    thread, messages = await _whole(call, ThreadId(client_id(call.request)))
    if kind == "md":
        ids = [row.id for row in messages if row.role == "user"]
        files = await call.app[STORE].read(lambda connection: attachments.of_messages(connection, ids))
        return _file(_markdown(thread, messages, files).encode(), "text/markdown", f"{thread.id}.md")
    body = _answer(call, thread)
    body["messages"] = await message_answers(call.app, call.identity, messages, call.language)
    return _file(orjson.dumps(body, option=orjson.OPT_INDENT_2), "application/json", f"{thread.id}.json")


def _answer(call: Call[Empty] | Call[BranchBody] | Call[ThreadChange], row: ThreadRow) -> dict[str, object]:
    """A turn that nobody is running is not live, whatever a failed save has left in the store."""
    live = row.live_turn_id is not None and call.app[TURNS].may_be_live(TurnId(row.live_turn_id))
    return thread_answer(row if live else replace(row, live_turn_id=None))


async def _whole(call: Call[Empty] | Call[BranchBody], thread_id: ThreadId) -> tuple[ThreadRow, list[MessageRow]]:
    """With what has been sent to it: the first byte of an answer comes before its message is saved."""
    user_id = call.identity.user_id
    await call.app[TURNS].saved(user_id, thread_id)
    thread, messages = await call.app[STORE].read(
        lambda connection: (
            threads.get(connection, user_id, thread_id),
            messages_of.read(connection, user_id, thread_id),
        )
    )
    if thread is None:
        raise NotFound
    return thread, messages


async def _forget(call: Call[Empty], gone: Callable[[Connection, UserId, ThreadId], bool]) -> web.StreamResponse:
    thread_id = ThreadId(client_id(call.request))
    identity = call.identity
    if not await call.app[STORE].write(lambda connection: gone(connection, identity.user_id, thread_id)):
        raise NotFound
    call.app[TURNS].forget(identity.user_id, identity.company_id, thread_id)
    call.app[NOTICES].tell(identity.user_id, ThreadChanged(thread_id, "deleted"))
    return web.Response(status=204)


def _markdown(thread: ThreadRow, messages: list[MessageRow], files: Mapping[MessageId, tuple[File, ...]]) -> str:
    parts = [f"# {thread.title}\n"]
    for row in messages:
        who = "Léa" if row.role == "assistant" else "—"
        parts.append(f"## {who} · {iso(row.created_at)}\n\n{row.content}\n")
        parts += [f"[{file.name}]\n" for file in files.get(row.id, ())]
    return "\n".join(parts)


def _file(data: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=data,
        content_type=content_type,
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
