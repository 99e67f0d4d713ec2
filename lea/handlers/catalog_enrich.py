"""The run that completes articles, begun."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from lea.errors import Conflict, NotFound
from lea.handlers.catalog_answers import ItemId, RunStarted
from lea.handlers.keys import PROVIDER, RUNS, STORE
from lea.handlers.routes import Call, Model, Routes, json_response
from lea.llm.prices import FREE
from lea.store import catalog
from lea.store.catalog import Wanted

routes = Routes("catalog")


class EnrichBody(Model):
    """`again` takes articles that are complete too, `item_ids` only these."""

    again: bool = False
    item_ids: Annotated[list[ItemId], Field(min_length=1, max_length=1000)] | None = None


@routes.add("POST", "/v1/catalog/enrich", body=EnrichBody, answer=RunStarted, status=202)
async def enrich(call: Call[EnrichBody]) -> web.StreamResponse:
    """Complete articles, in a run of its own; 409 where one is active already, or there is nothing to complete."""
    company_id, body, store = call.identity.company_id, call.body, call.app[STORE]
    by = "rules" if call.app[PROVIDER].answering.price_hint == FREE else "model"
    arguments: dict[str, Any] = {"again": body.again, "by": by}
    ids = None if body.item_ids is None else tuple(dict.fromkeys(body.item_ids))
    if ids is not None:
        arguments["item_ids"] = list(ids)
        if await store.read(lambda connection: catalog.known(connection, company_id, ids)) != len(ids):
            raise NotFound
    wanted = Wanted(again=body.again, ids=ids)
    if not await store.read(lambda connection: catalog.to_enrich(connection, company_id, wanted, "", 1)):
        raise Conflict("nothing_to_enrich")
    run_id = await call.app[RUNS].start(call.identity, "enrich", arguments, call.language)
    return json_response({"run_id": run_id}, 202)
