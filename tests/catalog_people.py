"""What people do with the catalogue, over HTTP."""

import io
from typing import Any

import orjson
from aiohttp import FormData

from tests.lea_server import Person


async def bring(person: Person, data: bytes, name: str = "tarif.csv", **headers: str) -> tuple[int, Any]:
    """Send a file; status and answer."""
    form = FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(data), filename=name, content_type="application/octet-stream")
    sent = {**person.headers, **headers}
    async with person.session.post(f"{person.url}/v1/catalog/imports", data=form, headers=sent) as response:
        return response.status, orjson.loads(await response.read())


async def extracted(person: Person, import_id: str, **body: object) -> tuple[str, dict[str, Any]]:
    """Make articles of a file, to the end of the run; its id and the run."""
    status, made = await person.call("POST", "/v1/catalog/extract", {"import_id": import_id, **body})
    assert status == 202, made
    await ended(person, made["run_id"])
    status, run = await person.call("GET", f"/v1/catalog/run/{made['run_id']}")
    assert status == 200, run
    return made["run_id"], run


async def ended(person: Person, run_id: str) -> None:
    """Returns when the run's stream has said so."""
    async with await person.request("GET", f"/v1/catalog/job-stream/{run_id}") as response:
        assert response.status == 200, await response.text()
        async for line in response.content:
            if line.startswith(b"data: ") and b'"done"' in line:
                return


async def brought(person: Person, data: bytes) -> tuple[str, dict[str, Any]]:
    """Bring a file and make articles of it."""
    status, made = await bring(person, data)
    assert status == 201, made
    return await extracted(person, made["import_id"])
