"""The catalogue's articles: looked for, changed, taken away as a file; and the lines that became none."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from lea.errors import BadRequest
from lea.handlers import paging
from lea.handlers.catalog_answers import ItemAnswer, ItemBody, ItemPage, RejectPage, item_answer, reject_answer
from lea.handlers.keys import CLOCK, STORE
from lea.handlers.parameters import PAGED, Parameter, one_of
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.ids import CLIENT_ID, CompanyId
from lea.runs.catalog.export import Book, csv_header, csv_rows
from lea.runs.catalog.reading.media import TYPES
from lea.runs.catalog.shelf import change
from lea.store import catalog
from lea.store.catalog import Connection, Found, Row

PAGE = 50
AT_A_TIME = 1000
"""Articles of an export that are in memory at once."""
BYTES = 262_144

routes = Routes("catalog")


@routes.add(
    "GET",
    "/v1/catalog/items",
    answer=ItemPage,
    query={
        "q": "words of the reference, the name, the category, the material or the colour",
        "category": "as it is written",
        **PAGED,
    },
)
async def list_items(call: Call[Empty]) -> web.StreamResponse:
    """The company's articles, the last changed first."""
    request, company_id = call.request, call.identity.company_id
    limit, before = paging.limit(request, PAGE), paging.cursor(request)
    found = Found(_words(request), _category(request))

    def unit(connection: Connection) -> tuple[Sequence[Row[Any]], int]:
        rows = catalog.search(connection, company_id, found, limit + 1, before)
        return rows, catalog.count(connection, company_id, found)

    rows, total = await call.app[STORE].read(unit)
    last = rows[limit - 1] if len(rows) > limit else None
    return json_response(
        {
            "items": [item_answer(row) for row in rows[:limit]],
            "total": total,
            "next_cursor": None if last is None else paging.cursor_after(last.updated_at, last.id),
        }
    )


@routes.add("PATCH", "/v1/catalog/items/{id}", body=ItemBody, answer=ItemAnswer)
async def change_item(call: Call[ItemBody]) -> web.StreamResponse:
    """Change an article; 409 where `version` is no longer the current one."""
    item_id, company_id, now = client_id(call.request), call.identity.company_id, call.app[CLOCK].now()
    fields = call.body.model_dump(exclude_unset=True, exclude={"version"})
    version = call.body.version
    row = await call.app[STORE].write(
        lambda connection: change(connection, company_id, item_id, fields, now, version=version)
    )
    return json_response(item_answer(row))


@routes.add(
    "GET",
    "/v1/catalog/items/export",
    answer="text/csv",
    media={TYPES["xlsx"]: None},
    query={"format": one_of("csv", "xlsx")},
)
async def export(call: Call[Empty]) -> web.StreamResponse:
    """All articles as a file for spreadsheets, by reference."""
    kind = call.request.query.get("format", "csv")
    if kind not in {"csv", "xlsx"}:
        raise BadRequest(errors=[{"path": "format", "message": "csv or xlsx"}])
    return await (_csv(call) if kind == "csv" else _xlsx(call))


@routes.add(
    "GET",
    "/v1/catalog/rejects",
    answer=RejectPage,
    query={"run_id": Parameter("the run that rejected them", required=True), **PAGED},
)
async def list_rejects(call: Call[Empty]) -> web.StreamResponse:
    """The rows of a file that became no article, and why, in the order of the file."""
    request, company_id = call.request, call.identity.company_id
    limit, after, run_id = paging.limit(request, PAGE), paging.cursor(request), request.query.get("run_id", "")
    if not CLIENT_ID.fullmatch(run_id):
        raise BadRequest("invalid_id", errors=[{"path": "run_id", "message": "invalid_id"}])
    rows = await call.app[STORE].read(
        lambda connection: catalog.rejects(connection, company_id, run_id, limit + 1, after)
    )
    last = rows[limit - 1] if len(rows) > limit else None
    return json_response(
        {
            "rejects": [reject_answer(row, call.language) for row in rows[:limit]],
            "next_cursor": None if last is None else paging.cursor_after(last.line, last.id),
        }
    )


async def _csv(call: Call[Empty]) -> web.StreamResponse:
    response = web.StreamResponse(headers=_headers("csv"))
    response.content_type, response.charset = TYPES["csv"], "utf-8"
    with suppress(ConnectionError):  # who leaves in the middle needs no end
        await response.prepare(call.request)
        await response.write(csv_header(call.language))
        async for rows in _pages(call):
            await response.write(await asyncio.to_thread(csv_rows, rows, call.language))
        await response.write_eof()
    return response


async def _xlsx(call: Call[Empty]) -> web.StreamResponse:
    book = await asyncio.to_thread(Book, call.language)
    async for rows in _pages(call):
        await asyncio.to_thread(book.add, rows)
    response = web.StreamResponse(headers=_headers("xlsx"))
    response.content_type = TYPES["xlsx"]
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory)
    try:
        file = Path(folder.name) / "catalogue.xlsx"
        await asyncio.to_thread(book.save, file)
        with await asyncio.to_thread(file.open, "rb") as data, suppress(ConnectionError):
            await response.prepare(call.request)
            while chunk := await asyncio.to_thread(data.read, BYTES):
                await response.write(chunk)
            await response.write_eof()
    finally:
        await asyncio.to_thread(folder.cleanup)
    return response


async def _pages(call: Call[Empty]) -> AsyncIterator[Sequence[Row[Any]]]:
    """All articles by reference; those that come or go meanwhile may be there or not."""
    company_id, after = call.identity.company_id, ""
    while True:
        rows = await call.app[STORE].read(partial(_page, company_id=company_id, after=after))
        if rows:
            yield rows
        if len(rows) < AT_A_TIME:
            return
        after = rows[-1].reference


def _page(connection: Connection, company_id: CompanyId, after: str) -> Sequence[Row[Any]]:
    return catalog.by_reference(connection, company_id, after, AT_A_TIME)


def _headers(ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="catalogue.{ending}"', "Cache-Control": "no-store"}


def _words(request: web.Request) -> tuple[str, ...]:
    return tuple(paging.words(request).split()) if request.query.get("q", "").strip() else ()


def _category(request: web.Request) -> str | None:
    value = request.query.get("category") or None
    if value is not None and (len(value) > paging.WORDS or not value.isprintable()):
        raise BadRequest(errors=[{"path": "category", "message": f"at most {paging.WORDS} printable characters"}])
    return value
