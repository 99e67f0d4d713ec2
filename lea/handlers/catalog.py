"""The catalogue's files: brought in and listed."""

from contextlib import aclosing

from aiohttp import web

from lea.errors import NotFound
from lea.handlers import paging
from lea.handlers.catalog_answers import (
    ImportAnswer,
    ImportPage,
    import_summary,
    sampled,
)
from lea.handlers.keys import CLOCK, SHELF, STORE
from lea.handlers.parameters import PAGED
from lea.handlers.routes import Call, Empty, Routes, client_id, json_response
from lea.handlers.uploads import Upload
from lea.ids import new_id
from lea.runs.catalog.shelf import KEPT
from lea.store import catalog

PAGE = 50
PART = "file"

routes = Routes("catalog")


@routes.add("POST", "/v1/catalog/imports", upload=PART, answer=ImportAnswer, status=201)
async def bring(call: Call[Empty]) -> web.StreamResponse:
    """Keep a price list (CSV, XLSX, JSON or PDF) and show what would be made of it."""
    shelf, identity = call.app[SHELF], call.identity
    upload, import_id = Upload(call.request, PART, shelf.readers.limits.bytes), new_id("im")
    async with aclosing(upload.chunks()) as chunks:
        kept = await shelf.files.keep(import_id, chunks, shelf.readers.limits.bytes)
    try:
        seen = await shelf.readers.preview(shelf.files.path(import_id))
        values = {
            "id": import_id,
            "company_id": identity.company_id,
            "user_id": identity.user_id,
            "name": upload.name,
            "media": seen["media"],
            "bytes": kept.bytes,
            "sha256": kept.sha256,
            "state": "kept",
            "created_at": call.app[CLOCK].now(),
        }
        older = await call.app[STORE].write(lambda connection: catalog.add_import(connection, values, KEPT))
    except BaseException:
        await shelf.files.remove([import_id])
        raise
    await shelf.files.remove(older)
    seen["sample"] = [sampled(one, call.language) for one in seen["sample"]]
    row = await call.app[STORE].read(lambda connection: catalog.get_import(connection, identity.company_id, import_id))
    if row is None:
        raise NotFound
    return json_response(import_summary(row) | seen, 201)


@routes.add("DELETE", "/v1/catalog/imports/{id}", status=204)
async def forget(call: Call[Empty]) -> web.StreamResponse:
    """Forget a file; the articles made of it stay."""
    import_id, company_id = client_id(call.request), call.identity.company_id
    there = await call.app[STORE].write(lambda connection: catalog.drop_import(connection, company_id, import_id))
    if not there:
        raise NotFound
    await call.app[SHELF].files.remove([import_id])
    return web.Response(status=204)


@routes.add(
    "GET",
    "/v1/catalog/imports",
    answer=ImportPage,
    query=PAGED,
)
async def list_imports(call: Call[Empty]) -> web.StreamResponse:
    """The company's files, newest first."""
    limit, before = paging.limit(call.request, PAGE), paging.cursor(call.request)
    company_id = call.identity.company_id
    rows = await call.app[STORE].read(lambda connection: catalog.imports(connection, company_id, limit + 1, before))
    last = rows[limit - 1] if len(rows) > limit else None
    return json_response(
        {
            "imports": [import_summary(row) for row in rows[:limit]],
            "next_cursor": None if last is None else paging.cursor_after(last.created_at, last.id),
        }
    )
