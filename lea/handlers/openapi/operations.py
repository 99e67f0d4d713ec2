"""One route: what it is called, who may call it, what it takes and what it answers."""

import re
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from lea.handlers.openapi.answers import answers
from lea.handlers.parameters import Parameter
from lea.handlers.routes import Empty, Route

Schemas = Mapping[type[BaseModel], Any]
"""Each model's reference."""
EVERYWHERE: Final = {
    "Accept-Language": Parameter("fr or en: of what people read in the answer; else the account's language"),
    "X-Request-Id": Parameter(
        "a name for this request, told back and logged; made up where there is none",
        {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$"},
    ),
}
WITH_BODY: Final = {"POST", "PATCH", "PUT"}


def operation(tag: str, route: Route, path: str, schemas: Schemas) -> dict[str, Any]:
    """`path` is the route's, as OpenAPI writes it."""
    summary, _, more = route.summary.partition("\n")
    described: dict[str, Any] = {
        "operationId": _name(route.method, path),
        "tags": [tag],
        "summary": summary,
        "parameters": _parameters(route, path),
        "responses": answers(route, schemas, takes=_takes(route, path)),
        "security": _security(route),
    }
    if more.strip():
        described["description"] = re.sub(r"\n +", "\n", more.strip())
    if route.upload is not None:
        described["requestBody"] = _upload(route.upload, route.body)
    elif _has_body(route):
        required = not _may_be_empty(route.body)
        content = {"application/json": {"schema": schemas[route.body]}}
        described["requestBody"] = {"required": required, "content": content}
    return described


def _name(method: str, path: str) -> str:
    """It follows from what clients call, so that it stays when the code is written anew."""
    parts = [re.sub(r"\W+", "_", part.strip("{}")) for part in path.split("/") if part not in {"", "v1", "lea"}]
    return "_".join([method.lower(), *parts])


def _has_body(route: Route) -> bool:
    return route.method in WITH_BODY and route.body is not Empty


def _may_be_empty(body: type[BaseModel]) -> bool:
    try:
        body.model_validate({})
    except ValidationError:
        return False
    return True


def _takes(route: Route, path: str) -> frozenset[str]:
    """What can be wrong about a request."""
    there = {
        "parameter": bool(route.query) or bool(route.headers),
        "id": "{" in path,
        "body": route.upload is not None or route.method in WITH_BODY,
    }
    return frozenset(name for name, is_there in there.items() if is_there)


def _security(route: Route) -> list[dict[str, list[str]]]:
    if route.access == "public":
        return []
    return [{"bearer": []}, {"page": []}] if route.method == "GET" else [{"bearer": []}]


def _parameters(route: Route, path: str) -> list[dict[str, Any]]:
    of_path = [_parameter(name, "path", Parameter("", required=True)) for name in re.findall(r"{(\w+)}", path)]
    of_query = [_parameter(name, "query", asked) for name, asked in route.query.items()]
    of_head = [_parameter(name, "header", asked) for name, asked in {**route.headers, **EVERYWHERE}.items()]
    return [*of_path, *of_query, *of_head]


def _parameter(name: str, where: str, asked: Parameter | str) -> dict[str, Any]:
    told = Parameter(asked) if isinstance(asked, str) else asked
    described: dict[str, Any] = {"name": name, "in": where, "required": told.required, "schema": dict(told.schema)}
    return described | ({"description": told.says} if told.says else {})


def _upload(part: str, body: type[BaseModel]) -> dict[str, Any]:
    """The file, and beside it the fields of `body`; `format` is for those who read what OpenAPI 3.0 said of files."""
    file = {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"}
    properties = {part: file, **body.model_json_schema().get("properties", {})}
    schema = {"type": "object", "properties": properties, "required": [part], "additionalProperties": False}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
