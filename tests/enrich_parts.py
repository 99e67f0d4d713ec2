"""What the tests of enriching share: articles, a model's answers about them, and a run to its end."""

import json
from pathlib import Path
from typing import Any

from lea.config import Config
from tests.catalog_people import brought
from tests.lea_server import Lea, Person, settings
from tests.model_server import Answer, Exchange
from tests.run_parts import ended

ITEMS = "/v1/catalog/items"
ENRICH = "/v1/catalog/enrich"
DESCRIPTION = "Une chaise en chêne massif, sobre et solide, pour la table comme pour le bureau."
SAID: dict[str, Any] = {
    "category": "Chaises",
    "description": DESCRIPTION,
    "attributes": [{"name": "Matière", "value": "Chêne"}, {"name": "Hauteur", "value": "82 cm"}],
    "confidence": 0.9,
}
PRICES = {"price_in": 1.0, "price_out": 2.0}
COST_USD = 20 / 1e6 + 2 * 8 / 1e6
"""Of a scripted answer, at these prices."""


def said(**changes: object) -> Answer:
    """A good answer, but for what is changed."""
    return Answer(json.dumps({**SAID, **changes}, ensure_ascii=False))


def configured(folder: Path, url: str, **sections: dict[str, Any]) -> Config:
    """With a model that has a price, and pauses a test can wait for."""
    llm = {"base_url": url, "model": "scripted", **PRICES, **sections.pop("llm", {})}
    return settings(folder, llm=llm, **{"runs": {"retry_pause": 0.001}, **sections})  # type: ignore[arg-type]


async def with_items(person: Person, count: int = 3, **columns: str) -> list[dict[str, Any]]:
    """That many articles, A-000 and on, as they are listed."""
    names, values = ["Ref", "Nom", "Prix", *columns], [*columns.values()]
    lines = [";".join(names), *(";".join([f"A-{n:03}", f"Chaise {n}", "10", *values]) for n in range(count))]
    _, run = await brought(person, "\n".join(lines).encode() + b"\n")
    assert run["state"] == "completed", run
    return await listed(person)


async def listed(person: Person) -> list[dict[str, Any]]:
    """The company's first hundred articles by reference."""
    status, page = await person.call("GET", f"{ITEMS}?limit=100")
    assert status == 200, page
    return sorted(page["items"], key=lambda one: str(one["reference"]))


async def begun(person: Person, **body: object) -> str:
    status, made = await person.call("POST", ENRICH, body)
    assert status == 202, made
    return str(made["run_id"])


async def enriched(person: Person, **body: object) -> dict[str, Any]:
    """The run, at its end."""
    return await ended(person, await begun(person, **body))


async def again(person: Person, run_id: str) -> dict[str, Any]:
    """What failed, done again to its end."""
    status, told = await person.call("POST", f"/v1/catalog/run/{run_id}/retry")
    assert status == 202, told
    return await ended(person, run_id)


async def jobs(person: Person) -> dict[str, dict[str, Any]]:
    """Jobs of enriching by reference."""
    status, told = await person.call("GET", "/v1/catalog/jobs?limit=1000")
    assert status == 200, told
    return {one["title"].partition(" ")[0]: one for one in told["jobs"] if one["step"] == "enrich"}


async def spent(lea: Lea) -> tuple[int, int]:
    """Calls of enriching that were kept, and nano-USD of them."""
    return (await lea.sql("SELECT count(*), coalesce(sum(cost_nano_usd), 0) FROM usage WHERE purpose = 'enrich'"))[0]  # type: ignore[return-value]


def asked(exchange: Exchange) -> dict[str, Any]:
    """The article a request was about."""
    user = next(one for one in exchange.body["messages"] if one["role"] == "user")
    article: dict[str, Any] = json.loads(user["content"])["article"]
    return article
