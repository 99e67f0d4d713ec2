"""The description of the API is whole: it is valid, it says what comes, and a client made from it works."""

import asyncio
import importlib
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType
from typing import Any, get_args

import jsonschema_rs
import orjson
import pytest
import schemathesis
from httpx import Timeout
from openapi_python_client import generate
from openapi_python_client.config import Config, ConfigFile, MetaType

from lea.app import GROUPS
from lea.auth.enrolment import Newcomer
from lea.events import answer, frames, notice
from lea.handlers.keys import AUTH
from lea.handlers.openapi import document
from tests.lea_server import Lea, Person
from tests.model_server import Answer, Call, ModelServer

PACKAGE = "lea_made_client"
PASSWORD = "twelve good characters"


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    made: dict[str, Any] = orjson.loads(orjson.dumps(document(GROUPS)))
    return made


def operations(described: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path}", operation)
        for path, all_ in described["paths"].items()
        for method, operation in all_.items()
    ]


def of_schema(described: dict[str, Any], schema: dict[str, Any]) -> jsonschema_rs.Validator:
    """What checks a value by a schema of the description."""
    whole = {**schema, "components": {"schemas": described["components"]["schemas"]}}
    return jsonschema_rs.validator_for(whole)


def test_the_description_is_valid_openapi_and_so_are_its_schemas(described: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(described).validate()
    schemas = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": described["components"]["schemas"]}
    jsonschema_rs.meta.validate(schemas)


def test_every_operation_says_what_it_takes_and_gives(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(described)]
    assert len(names) == len(set(names))
    tags = {tag["name"] for tag in described["tags"]}
    for where, operation in operations(described):
        assert set(operation["tags"]) <= tags, where
        assert operation["summary"], where
        assert operation["security"] or operation["responses"].keys().isdisjoint({"401", "403"}), where
        assert set(re.findall(r"{(\w+)}", where)) == {
            parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"
        }, where
        status, answer = next(iter(operation["responses"].items()))
        assert ("content" in answer) == (status != "204"), where
        assert operation["responses"]["default"]["$ref"].startswith("#/components/responses/"), where
        for kind, content in answer.get("content", {}).items():
            assert content["schema"], where
            assert ("x-itemSchema" in content) == (kind == "text/event-stream"), where
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["schema"], where


def test_schemas_have_the_names_of_their_models(described: dict[str, Any]) -> None:
    """Two models of one name would be told apart by where they are in the code."""
    assert [name for name in described["components"]["schemas"] if "__" in name] == []


ONE_OF_EACH = (
    answer.Connecting("s1", "t_1"),
    answer.Queued(2),
    answer.Stage("thinking"),
    answer.Action("ac_1", "add_note", "succeeded", "noted", answer.RecordName("transaction", "tr_1", "T-104")),
    answer.Action(
        "ac_1", "add_note", "running", "…", changes=({"name": "a", "label": "A", "before": None, "after": "b"},)
    ),
    answer.Confirm("cf_1", "add_note", {"text": "a"}, "note it", "2026-01-01T00:00:00Z", thread_id="s1"),
    answer.Snapshot("so far"),
    answer.Failed("it is slow", "external_api_timeout", True, 5.0),
    answer.Done(
        "s1", "t_1", "m_1", "stop", None, None, None, {}, citations=(answer.Citation("article", "a", "b", "c"),)
    ),
    notice.TurnBegan("t_1", "s1"),
    notice.TurnEnded("t_1", "s1", "stop"),
    notice.ThreadChanged("s1", "renamed"),
    notice.FeedbackChanged("s1", "m_1", None),
    notice.TransactionChanged("tr_1", "T-104", "created"),
    notice.JobChanged("j_1", "bank", "done"),
    notice.RunChanged("r_1", "extract", "running", 3, 1, 0),
    notice.ScheduleChanged("sc_1", "active", None),
    notice.RunDone("completed"),
    notice.RunStatus("r_1"),
    notice.Quota("soft", 1.5, "user"),
    notice.CostsChanged(),
    notice.KpisChanged(),
    notice.WhatsAppChanged(),
    notice.BreakerChanged("llm", "open", "2026-01-01T00:00:00Z"),
    notice.WebhookSwitchedOff("wh_1", "gone"),
    notice.Resync(),
)


def test_every_event_is_described_by_exactly_one_schema(described: dict[str, Any]) -> None:
    kinds = set(get_args(frames.Event)) - {frames.Relayed}
    assert {type(event) for event in ONE_OF_EACH} == kinds
    schemas = described["components"]["schemas"]
    told = [one["$ref"].rpartition("/")[2] for name in ("TurnEvent", "NoticeEvent") for one in schemas[name]["oneOf"]]
    every = {name: of_schema(described, schemas[name]) for name in {*told, "RunDoneEvent", "RunningStatus"}}
    for event in ONE_OF_EACH:
        fitting = [name for name, validator in every.items() if validator.is_valid(event.wire())]
        assert len(fitting) == 1, (event, fitting)
        assert event.wire().keys() <= schemas[fitting[0]]["properties"].keys(), event


@pytest.fixture(scope="module")
def made(described: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A client made from the description, as a package; what the generator cannot do stops here."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "openapi.json").write_bytes(orjson.dumps(described))
    config = Config.from_sources(
        ConfigFile(post_hooks=[]),
        MetaType.NONE,
        document_source=folder / "openapi.json",
        file_encoding="utf-8",
        overwrite=False,
        output_path=folder / PACKAGE,
    )
    complaints = generate(config=config)
    assert list(complaints) == []
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module(PACKAGE)
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
            del sys.modules[name]


def api(made: ModuleType, path: str) -> Any:
    """`transactions.get_transactions`: the module of an operation."""
    return importlib.import_module(f"{made.__name__}.api.{path}")


def model(made: ModuleType, name: str) -> Any:
    return getattr(importlib.import_module(f"{made.__name__}.models"), name)


async def test_a_client_made_from_it_works(lea: Lea, made: ModuleType) -> None:
    newcomer = Newcomer("ada@example.org", PASSWORD, "Ada", "Analytical Engines", "en")
    await lea.app[AUTH].enrolment.add_user(newcomer, "admin")
    async with made.Client(base_url=lea.url, timeout=Timeout(60)) as stranger:
        problem = await api(made, "transactions.get_transactions").asyncio(client=stranger)
        assert isinstance(problem, model(made, "Problem"))
        assert (problem.status, problem.code) == (401, "unauthorized")

        login = model(made, "LoginBody")(email="ada@example.org", password=PASSWORD)
        signed_in = await api(made, "auth.post_auth_login").asyncio(client=stranger, body=login)
    token = signed_in.access_token
    async with made.AuthenticatedClient(base_url=lea.url, token=token, timeout=Timeout(60)) as client:
        me = await api(made, "auth.get_auth_me").asyncio(client=client)
        assert (me.name, me.company.name) == ("Ada", "Analytical Engines")

        body = model(made, "TransactionBody").from_dict(
            {"kind": "sale", "address": "12 rue des Lilas", "price": "350 000 €"}
        )
        created = await api(made, "transactions.post_transactions").asyncio_detailed(client=client, body=body)
        assert created.status_code == 201
        assert created.headers["X-Request-Id"]
        reading = api(made, "transactions.get_transactions_id").asyncio
        whole = await reading(created.parsed.reference, client=client)
        assert (whole.price, whole.currency, whole.receipts[0].state) == ("350000.00", "EUR", "succeeded")
        listed = await api(made, "transactions.get_transactions").asyncio(client=client, limit=1, q="lilas")
        assert [one.id for one in listed.transactions] == [whole.id]

        missing = await reading("T-999", client=client, accept_language="fr")
        assert (missing.code, missing.status) == ("not_found", 404)
        changing = api(made, "transactions.patch_transactions_id").asyncio
        change = model(made, "TransactionChange")(stage=None, price="12 moutons")
        wrong = await changing(whole.id, client=client, body=change)
        assert (wrong.code, wrong.errors[0].path) == ("amount_not_understood", "price")

        file = importlib.import_module(f"{made.__name__}.types").File(
            BytesIO(b"ref;nom;prix\nA1;Chaise;12,50\n"), "prix.csv"
        )
        part = model(made, "PostCatalogImportsBody")(file=file)
        brought = await api(made, "catalog.post_catalog_imports").asyncio(client=client, body=part)
        assert (brought.name, brought.rows_seen) == ("prix.csv", 1)
        asked = model(made, "ExtractBody")(import_id=brought.import_id)
        run = await api(made, "catalog.post_catalog_extract").asyncio(client=client, body=asked)
        async with asyncio.timeout(30):
            runs = await api(made, "runs.get_catalog_runs").asyncio(client=client)
            while runs.runs[0].state != "completed":
                await asyncio.sleep(0.02)
                runs = await api(made, "runs.get_catalog_runs").asyncio(client=client)
        assert [one.id for one in runs.runs] == [run.run_id]
        table = await api(made, "catalog.get_catalog_items_export").asyncio(client=client)
        assert "Chaise" in table
        gone = await api(made, "catalog.delete_catalog_imports_id").asyncio_detailed(brought.import_id, client=client)
        assert (gone.status_code, gone.parsed) == (204, None)

        said = model(made, "ChatBody")(message="Bonjour", session_id="s1")
        answer = await api(made, "chat.post_chat").asyncio_detailed(client=client, body=said)
        assert answer.parsed.session_id == "s1"
        assert answer.headers["RateLimit"]
        openai_s = model(made, "CompletionBody").from_dict(
            {"model": "gpt-9", "messages": [{"role": "user", "content": "a"}]}
        )
        refused = await api(made, "openai.post_chat_completions").asyncio(client=client, body=openai_s)
        assert refused.error.code == "model_not_found"


async def test_a_body_left_out_is_refused_where_it_has_to_say_something(ada: Person) -> None:
    status, problem = await ada.call("PATCH", "/v1/lea/threads/s1")
    assert (status, problem["code"]) == (400, "nothing_to_change")


async def test_streams_tell_what_is_described(
    lea: Lea, ada: Person, model: ModelServer, described: dict[str, Any]
) -> None:
    model.script(
        Answer("Je crée le dossier.", calls=(Call("create_transaction", '{"kind":"sale","address":"1 rue A"}'),))
    )
    told = await ada.ask("Ouvre une vente au 1 rue A", session_id="s1")
    item = described["paths"]["/v1/lea/chat/stream"]["post"]["responses"]["200"]["content"]["text/event-stream"]
    event = of_schema(described, item["x-itemSchema"]["properties"]["data"]["contentSchema"])
    assert {"connecting", "confirm", "done"} <= set(told.kinds)
    for one in told.events:
        event.validate(one.data)
