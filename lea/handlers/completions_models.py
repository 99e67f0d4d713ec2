"""The models OpenAI's clients may name: one, the whole assistant."""

from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel

from lea.errors import NotFound
from lea.handlers.completions_errors import CompletionError
from lea.handlers.routes import Call, Empty, Routes, json_response

MODEL: Final = "lea"
MADE: Final = 1_767_225_600
"""When a model was made, as the list of them must say; clients do nothing with it."""
LEA: Final = {"id": MODEL, "object": "model", "created": MADE, "owned_by": MODEL}


class ModelAnswer(BaseModel):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class ModelList(BaseModel):
    object: Literal["list"]
    data: list[ModelAnswer]


routes = Routes("openai")


@routes.add("GET", "/v1/models", answer=ModelList, problem=CompletionError)
async def models(call: Call[Empty]) -> web.StreamResponse:
    """The one model there is, as OpenAI's clients list them."""
    return json_response({"object": "list", "data": [LEA]})


@routes.add("GET", "/v1/models/{id}", answer=ModelAnswer, problem=CompletionError)
async def model(call: Call[Empty]) -> web.StreamResponse:
    """A model by its name."""
    must_be_known(call.request.match_info["id"])
    return json_response(LEA)


def must_be_known(name: str) -> None:
    """Raises NotFound(`model_not_found`)."""
    if name != MODEL:
        raise NotFound("model_not_found", errors=[{"path": "model", "message": "model_not_found"}])
