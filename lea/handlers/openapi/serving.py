"""Both documents over HTTP."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import orjson
from aiohttp import web

from lea.handlers.headers import CSP, STYLED
from lea.handlers.openapi.document import document
from lea.handlers.routes import Routes


@dataclass(frozen=True, slots=True)
class Described:
    """An action, as `/docs` shows it; `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    changes: str | None
    parameters: Mapping[str, Any]


def add_documents(app: web.Application, groups: Sequence[Routes], actions: Callable[[], Iterable[Described]]) -> None:
    """Serve both, made in a thread when somebody asks first: neither the start nor the loop waits for them."""

    @cache
    def made() -> tuple[bytes, str]:
        described = document(groups)
        return orjson.dumps(described), _page(described, actions())

    async def openapi(_request: web.Request) -> web.Response:
        body, _ = await asyncio.to_thread(made)
        return web.Response(body=body, content_type="application/json")

    async def docs(_request: web.Request) -> web.Response:
        _, page = await asyncio.to_thread(made)
        return web.Response(text=page, content_type="text/html", charset="utf-8", headers={CSP: STYLED})

    app.router.add_get("/openapi.json", openapi)
    app.router.add_get("/docs", docs)


def _page(described: dict[str, Any], actions: Iterable[Described]) -> str:
    rows = [
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation['summary'])}</td></tr>"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    ]
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Léa · API</title>"
        "<meta name=viewport content='width=device-width'><link rel=stylesheet href='/static/css/docs.css'>"
        "<main><h1>Léa · API</h1><p><a href='/openapi.json'>openapi.json</a></p>"
        f"<table>{''.join(rows)}</table><h2>Actions</h2><p>What Léa does when she is asked to, or proposes.</p>"
        f"<table>{''.join(map(_action, actions))}</table></main></html>"
    )


def _action(action: Described) -> str:
    names = ", ".join(action.parameters.get("properties", {}))
    changes = "looks" if action.changes is None else f"changes: {action.changes}"
    return (
        f"<tr><td><code>{escape(action.name)}</code></td><td>{escape(changes)}</td>"
        f"<td>{escape(action.description)} <code>{escape(names)}</code></td></tr>"
    )
