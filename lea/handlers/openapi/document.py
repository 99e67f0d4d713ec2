"""The whole description: every route, and every model they speak in."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter

from lea import __version__
from lea.handlers.identity import COOKIE
from lea.handlers.openapi.answers import HEADERS, Problem, body_of, problem_of
from lea.handlers.openapi.operations import Schemas, operation
from lea.handlers.routes import Route, Routes

ABOUT = (
    "JSON in, JSON out, UTF-8. Refusals are problems (RFC 9457) with a `code` for programs and a `detail` for people. "
    "Event streams send `: ok` first, then events with an `id` and one JSON value in `data`; `x-itemSchema` of their "
    "answer is the schema of one event, as OpenAPI 3.2 calls it. Every answer has an `X-Request-Id`."
)
REFERENCE = "#/components/schemas/{model}"


def document(groups: Iterable[Routes]) -> dict[str, Any]:
    """The OpenAPI 3.1 description of every route."""
    listed = [(group.tag, route) for group in groups for route in group.all]
    schemas, definitions = _schemas(route for _, route in listed)
    paths: dict[str, dict[str, Any]] = {}
    problems: dict[str, Any] = {}
    for tag, route in listed:
        path = re.sub(r"{(\w+):[^}]*}", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = operation(tag, route, path, schemas)
        problems[body_of(route).__name__] = problem_of(body_of(route), schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Léa",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(tag for tag, _ in listed)],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": problems,
            "headers": HEADERS,
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "an access token of POST /v1/auth/login, or an API key",
                },
                "page": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIE,
                    "description": "the page's, from signing in with `cookie: true`; for reading, from the same origin",
                },
            },
        },
    }


def _schemas(routes: Iterable[Route]) -> tuple[Schemas, dict[str, Any]]:
    """Where each model is found, and all of them by name."""
    models: set[type[BaseModel]] = {Problem}
    for route in routes:
        told = (route.body, route.answer, route.problem, route.events, *route.media.values())
        models |= {model for model in told if isinstance(model, type)}
    ordered = sorted(models, key=lambda model: model.__name__)
    references, definitions = TypeAdapter.json_schemas(
        [(model, "validation", TypeAdapter(model)) for model in ordered], ref_template=REFERENCE
    )
    return {model: references[model, "validation"] for model in ordered}, definitions.get("$defs", {})
