"""Conversations: list, read, rename, delete, search, export."""

from dataclasses import replace
from typing import Annotated

import orjson
from aiohttp import web
from pydantic import AfterValidator, StringConstraints

from lea.clock import iso
from lea.errors import BadRequest, NotFound
from lea.events import ThreadChanged
from lea.handlers import paging
from lea.handlers.answers import (
    FoundMessages,
    FoundThreads,
    ThreadAnswer,
    ThreadPage,
    WholeThread,
    thread_answer,
)
from lea.handlers.doings import message_answers
from lea.handlers.keys import NOTICES, STORE, TURNS
from lea.handlers.routes import Call, Empty, Model, Routes, client_id, json_response
from lea.ids import ThreadId, TurnId
from lea.store import threads
from lea.store.threads import MessageRow, ThreadRow

PAGE = 50
FOUND = 50


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("has control characters")
    return value


class RenameBody(Model):
    title: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_printable)
    ]


routes = Routes("threads")


@routes.add("GET", "/v1/lea/threads", answer=ThreadPage, query={"limit": "1 to 100", "cursor": "of the page before"})
async def list_threads(call: Call[Empty]) -> web.StreamResponse:
    """The caller's conversations, the last used first."""
    limit, before = paging.limit(call.request, PAGE), paging.cursor(call.request)
    user_id = call.identity.user_id
    rows = await call.app[STORE].read(lambda connection: threads.page(connection, user_id, limit + 1, before))
    more = len(rows) > limit
    return json_response(
        {
            "threads": [_answer(call, row) for row in rows[:limit]],
            "next_cursor": paging.cursor_after(rows[limit - 1].updated_at, rows[limit - 1].id) if more else None,
        }
    )


@routes.add("GET", "/v1/lea/threads/search", answer=FoundThreads, query={"q": "words to look for"})
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


async def _told(call: Call[Empty], thread_id: ThreadId) -> web.StreamResponse:
    thread, messages = await _whole(call, thread_id)
    body = _answer(call, thread)
    body["messages"] = await message_answers(call.app, messages, call.language)
    return json_response(body)


@routes.add("PATCH", "/v1/lea/threads/{id}", body=RenameBody, answer=ThreadAnswer)
async def rename(call: Call[RenameBody]) -> web.StreamResponse:
    """Give a conversation another title."""
    thread_id = ThreadId(client_id(call.request))
    user_id, title = call.identity.user_id, call.body.title
    store = call.app[STORE]
    if not await store.write(lambda connection: threads.rename(connection, user_id, thread_id, title)):
        raise NotFound
    row = await store.read(lambda connection: threads.get(connection, user_id, thread_id))
    if row is None:
        raise NotFound
    call.app[NOTICES].tell(user_id, ThreadChanged(thread_id, "renamed"))
    return json_response(_answer(call, row))


@routes.add("DELETE", "/v1/lea/threads/{id}", status=204)
async def delete(call: Call[Empty]) -> web.StreamResponse:
    """Delete a conversation with all that was said; an answer under way is stopped."""
    return await _forget(call)


@routes.add("DELETE", "/v1/lea/sessions/{id}", status=204)
async def forget(call: Call[Empty]) -> web.StreamResponse:
    """Forget a conversation: the same as deleting the thread."""
    return await _forget(call)


@routes.add("GET", "/v1/lea/threads/{id}/search", answer=FoundMessages, query={"q": "words to look for"})
async def search_in(call: Call[Empty]) -> web.StreamResponse:
    """Messages of one conversation that contain the words, newest first."""
    words = paging.words(call.request)
    thread_id = ThreadId(client_id(call.request))
    user_id = call.identity.user_id
    store = call.app[STORE]
    if await store.read(lambda connection: threads.get(connection, user_id, thread_id)) is None:
        raise NotFound
    rows = await store.read(lambda connection: threads.search_messages(connection, user_id, thread_id, words, FOUND))
    return json_response({"messages": await message_answers(call.app, rows, call.language)})


@routes.add("GET", "/v1/lea/threads/{id}/export", answer=WholeThread, query={"format": "md or json"})
async def export(call: Call[Empty]) -> web.StreamResponse:
    """The conversation as a file: Markdown to read, or JSON."""
    kind = call.request.query.get("format", "md")
    if kind not in {"md", "json"}:
        raise BadRequest(errors=[{"path": "format", "message": "md or json"}])
    thread, messages = await _whole(call, ThreadId(client_id(call.request)))
    if kind == "md":
        return _file(_markdown(thread, messages).encode(), "text/markdown", f"{thread.id}.md")
    body = _answer(call, thread)
    body["messages"] = await message_answers(call.app, messages, call.language)
    return _file(orjson.dumps(body, option=orjson.OPT_INDENT_2), "application/json", f"{thread.id}.json")


def _answer(call: Call[Empty] | Call[RenameBody], row: ThreadRow) -> dict[str, object]:
    """A turn that nobody is running is not live, whatever a failed save has left in the store."""
    live = row.live_turn_id is not None and call.app[TURNS].may_be_live(TurnId(row.live_turn_id))
    return thread_answer(row if live else replace(row, live_turn_id=None))


async def _whole(call: Call[Empty], thread_id: ThreadId) -> tuple[ThreadRow, list[MessageRow]]:
    user_id = call.identity.user_id
    thread, messages = await call.app[STORE].read(
        lambda connection: (
            threads.get(connection, user_id, thread_id),
            threads.read(connection, user_id, thread_id),
        )
    )
    if thread is None:
        raise NotFound
    return thread, messages


async def _forget(call: Call[Empty]) -> web.StreamResponse:
    thread_id = ThreadId(client_id(call.request))
    identity = call.identity
    if not await call.app[STORE].write(lambda connection: threads.remove(connection, identity.user_id, thread_id)):
        raise NotFound
    call.app[TURNS].forget(identity.user_id, identity.company_id, thread_id)
    call.app[NOTICES].tell(identity.user_id, ThreadChanged(thread_id, "deleted"))
    return web.Response(status=204)


def _markdown(thread: ThreadRow, messages: list[MessageRow]) -> str:
    parts = [f"# {thread.title}\n"]
    for row in messages:
        who = "Léa" if row.role == "assistant" else "—"
        parts.append(f"## {who} · {iso(row.created_at)}\n\n{row.content}\n")
    return "\n".join(parts)


def _file(data: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=data,
        content_type=content_type,
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
