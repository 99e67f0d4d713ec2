"""`/openapi.json` and `/docs`, made from the table of routes."""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any

import orjson
from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from lea import __version__
from lea.handlers.headers import CSP, STYLED
from lea.handlers.routes import Empty, Route, Routes


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    errors: list[dict[str, str]] = []


@dataclass(frozen=True, slots=True)
class Described:
    """An action, as `/docs` shows it; `parameters` is the JSON schema of its arguments."""

    name: str
    description: str
    changes: str | None
    parameters: Mapping[str, Any]


def document(groups: Iterable[Routes]) -> dict[str, Any]:
    """The OpenAPI 3.1 description of every route."""
    listed = [(group.tag, route) for group in groups for route in group.all]
    models = {Problem} | {route.body for _, route in listed if _has_body(route)}
    models |= {route.answer for _, route in listed if isinstance(route.answer, type)}
    models |= {route.problem for _, route in listed if route.problem is not None}
    ordered = sorted(models, key=lambda model: model.__name__)
    references, definitions = TypeAdapter.json_schemas(
        [(model, "validation", TypeAdapter(model)) for model in ordered], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, dict[str, Any]] = {}
    for tag, route in listed:
        operation = _operation(tag, route, {model: references[model, "validation"] for model in ordered})
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Léa", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


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


def _has_body(route: Route) -> bool:
    return route.method in {"POST", "PATCH", "PUT"} and route.body is not Empty


def _operation(tag: str, route: Route, schemas: dict[type[BaseModel], Any]) -> dict[str, Any]:
    summary, _, _ = route.summary.partition("\n")
    operation: dict[str, Any] = {
        "tags": [tag],
        "summary": summary,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)}", route.path)
        ]
        + [
            {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
            for name, text in route.query.items()
        ],
        "responses": {
            str(route.status): _answer(route, schemas),
            "default": _problem(route, schemas),
        },
        "security": [] if route.access == "public" else [{"bearer": []}],
    }
    if _has_body(route):
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[route.body]}},
        }
    if route.upload is not None:
        part = {"type": "string", "contentMediaType": "application/octet-stream"}
        schema = {"type": "object", "properties": {route.upload: part}, "required": [route.upload]}
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    return operation


def _answer(route: Route, schemas: dict[type[BaseModel], Any]) -> dict[str, Any]:
    if route.answer is None:
        return {"description": "Done"}
    if isinstance(route.answer, str):
        return {"description": "OK", "content": {route.answer: {"schema": {"type": "string"}}}}
    content = {"application/json": {"schema": schemas[route.answer]}}
    if route.streams:
        content["text/event-stream"] = {"schema": {"type": "string"}}
    return {"description": "OK", "content": content}


def _problem(route: Route, schemas: dict[type[BaseModel], Any]) -> dict[str, Any]:
    kind = "application/problem+json" if route.problem is None else "application/json"
    return {"description": "A problem", "content": {kind: {"schema": schemas[route.problem or Problem]}}}


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
