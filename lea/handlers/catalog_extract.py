"""The run that makes articles of a file, begun."""

from aiohttp import web

from lea.errors import NotFound
from lea.handlers.catalog_answers import ExtractBody, RunStarted
from lea.handlers.keys import RUNS, STORE
from lea.handlers.routes import Call, Routes, json_response
from lea.store import catalog

routes = Routes("catalog")


@routes.add("POST", "/v1/catalog/extract", body=ExtractBody, answer=RunStarted, status=202)
async def extract(call: Call[ExtractBody]) -> web.StreamResponse:
    """Make articles of a file, in a run of its own; 409 where one is active already."""
    company_id, import_id = call.identity.company_id, call.body.import_id
    known = await call.app[STORE].read(lambda connection: catalog.get_import(connection, company_id, import_id))
    if known is None:
        raise NotFound
    arguments = call.body.model_dump(exclude_none=True)
    run_id = await call.app[RUNS].start(call.identity, "extract", arguments, call.language)
    return json_response({"run_id": run_id}, 202)
