"""The departments' jobs over HTTP: made, changed, listed and counted, with those of the systems a company has."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from lea.errors import StartError
from tests.firestore_server import COLLECTION, PROJECT, FirestoreServer
from tests.lea_server import Lea, Person, Reading, running, settings
from tests.model_server import ModelServer
from tests.odoo_server import DATABASE, KEY, USER, OdooServer
from tests.postgres import fresh_database
from tests.redis_server import own_redis, patient

ROOT = "/v1/jobs"
JOB = {"department": "bank", "title": "Rapprocher le relevé"}
COMPANY = "Analytical Engines"
QUICK = {"retries": 0, "breaker_minimum": 1000}


@pytest.fixture
async def odoo() -> AsyncIterator[OdooServer]:
    async with OdooServer().running() as server:
        yield server


def odoo_of(server: OdooServer, **changes: object) -> dict[str, object]:
    own = {"company": COMPANY, "url": server.url, "database": DATABASE, "user": USER, "api_key": KEY}
    return own | changes


@asynccontextmanager
async def connected(
    folder: Path, model: ModelServer, odoo: OdooServer, limits: Mapping[str, object] | None = None, **changes: object
) -> AsyncIterator[tuple[Lea, Person]]:
    config = settings(
        folder,
        llm={"base_url": model.url},
        odoo=odoo_of(odoo, **changes),
        dependencies={"odoo": QUICK | (limits or {})},
    )
    async with running(config) as lea:
        yield lea, await lea.person()


async def made(person: Person, **fields: object) -> dict[str, Any]:
    status, job = await person.call("POST", ROOT, JOB | fields)
    assert status == 201, job
    return dict(job)


async def listed(person: Person, query: str = "") -> dict[str, Any]:
    status, page = await person.call("GET", f"{ROOT}?{query}")
    assert status == 200, page
    return dict(page)


async def counted(person: Person) -> dict[str, Any]:
    status, metrics = await person.call("GET", f"{ROOT}/metrics")
    assert status == 200, metrics
    return dict(metrics)


async def context(person: Person, model: ModelServer) -> str:
    """What the model is told with the next message."""
    before = len(model.exchanges)
    await person.ask("Bonjour")
    return str((await model.exchange(before)).body["messages"][0]["content"])


async def test_a_job_is_made_read_changed_and_listed(lea: Lea, ada: Person) -> None:
    job = await made(ada, amount_cents=12050, due_at="2027-03-05", details={"iban": "FR76"})
    assert (job["source"], job["state"], job["currency"], job["version"]) == ("lea", "to_process", "EUR", 1)
    assert (job["due_at"], job["details"]) == ("2027-03-05T00:00:00.000Z", {"iban": "FR76"})
    assert await ada.call("GET", f"{ROOT}/{job['id']}") == (200, job)
    change = {"state": "done", "due_at": "2027-03-06T10:00:00+02:00", "amount_cents": None, "version": 1}
    status, after = await ada.call("PATCH", f"{ROOT}/{job['id']}", change)
    assert (status, after["state"], after["version"], after["currency"]) == (200, "done", 2, None)
    assert after["due_at"] == "2027-03-06T08:00:00.000Z"
    status, problem = await ada.call("PATCH", f"{ROOT}/{job['id']}", change)
    assert (status, problem["code"]) == (409, "record_changed")
    page = await listed(ada)
    assert (page["jobs"], page["total"], page["next_cursor"]) == ([after], 1, None)
    assert [(one["name"], one["status"]) for one in page["sources"]] == [("lea", "ok")]


async def test_an_id_of_the_clients_makes_one_job(lea: Lea, ada: Person) -> None:
    job = await made(ada, id="erp-1")
    assert await ada.call("POST", ROOT, JOB | {"id": "erp-1", "state": "to_process"}) == (200, job)
    status, problem = await ada.call("POST", ROOT, JOB | {"id": "erp-1", "state": "done"})
    assert (status, problem["code"]) == (409, "request_id_reused")
    assert await ada.call("GET", f"{ROOT}/erp-1") == (200, job)
    status, after = await ada.call("PATCH", f"{ROOT}/erp-1", {"state": "done", "version": 1})
    assert (status, after["id"]) == (200, job["id"])


async def test_another_companys_jobs_are_nowhere(lea: Lea, ada: Person) -> None:
    eve = await lea.person("eve@example.org", company="Another One")
    job = await made(ada, id="shared")
    for name in (job["id"], "shared"):
        assert (await eve.call("GET", f"{ROOT}/{name}"))[0] == 404
        assert (await eve.call("PATCH", f"{ROOT}/{name}", {"state": "done", "version": 1}))[0] == 404
    assert (await made(eve, id="shared"))["id"] != job["id"]
    assert ((await listed(eve))["total"], (await counted(eve))["total"]) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"department": "sales"}, "department_unknown"),
        ({"state": "lost"}, "state_unknown"),
        ({"title": "  "}, "name_invalid"),
        ({"title": "a\u0000b"}, "name_invalid"),
        ({"amount_cents": 10**16}, "invalid_request"),
        ({"amount_cents": 1.5}, "invalid_request"),
        ({"currency": "EUR"}, "currency_without_price"),
        ({"currency": "XXX", "amount_cents": 1}, "currency_unknown"),
        ({"due_at": "2027-03-05T10:00:00"}, "date_not_understood"),
        ({"due_at": "soon"}, "date_not_understood"),
        ({"due_at": 5}, "date_not_understood"),
        ({"details": {"text": "x" * 4096}}, "job_details_too_large"),
        ({"details": {"text": "a\u0000b"}}, "job_details_too_large"),
        ({"details": []}, "invalid_request"),
        ({"id": "../x"}, "invalid_id"),
        ({"source": "odoo"}, "invalid_request"),
    ],
    ids=repr,
)
async def test_what_is_no_job_is_refused_with_its_code(ada: Person, fields: dict[str, Any], code: str) -> None:
    status, problem = await ada.call("POST", ROOT, JOB | fields)
    assert (status, problem["code"]) == (400, code)
    assert (await listed(ada))["total"] == 0


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "invalid_request"),
        ({"state": None, "version": 1}, "state_unknown"),
        ({"department": None, "version": 1}, "department_unknown"),
        ({"title": None, "version": 1}, "name_invalid"),
        ({"currency": "USD", "version": 1}, "currency_without_price"),
    ],
    ids=repr,
)
async def test_what_is_no_change_is_refused_with_its_code(ada: Person, fields: dict[str, Any], code: str) -> None:
    job = await made(ada)
    status, problem = await ada.call("PATCH", f"{ROOT}/{job['id']}", fields)
    assert (status, problem["code"]) == (400, code)


@pytest.mark.parametrize("query", ["department=sales", "state=lost", "limit=0", "cursor=x", "q=%00"])
async def test_what_no_list_can_be_asked_is_refused(ada: Person, query: str) -> None:
    assert (await ada.call("GET", f"{ROOT}?{query}"))[0] == 400


async def test_lists_are_filtered_and_turned_page_by_page(ada: Person) -> None:
    for number in range(7):
        await made(ada, title=f"Relevé {number}", department="bank" if number % 2 else "router")
    await made(ada, title="Facture École", state="failed")
    assert (await listed(ada, "q=ecole%20FACTURE"))["total"] == 1
    assert (await listed(ada, "department=bank&state=to_process"))["total"] == 3
    seen, cursor = list[str](), ""
    while True:
        page = await listed(ada, f"limit=3&q=relev%C3%A9{cursor}")
        assert page["total"] == 7
        seen += [job["title"] for job in page["jobs"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"Relevé {number}" for number in reversed(range(7))]


async def test_every_tab_of_the_company_is_told_once_for_each_change(lea: Lea, ada: Person) -> None:
    bob, eve = await lea.person("bob@example.org"), await lea.person("eve@example.org", company="Another One")
    readings = [Reading(await person.request("GET", "/v1/lea/events")) for person in (ada, bob, eve)]
    job = await made(ada, id="one")
    await ada.call("POST", ROOT, JOB | {"id": "one"})
    await ada.call("PATCH", f"{ROOT}/one", {"state": "pending", "version": 1})
    await ada.call("PATCH", f"{ROOT}/one", {"state": "pending", "version": 2})
    last = await made(ada, title="Autre", department="router")
    for reading in readings[:2]:
        told = [(await reading.until("job")).data["job"] for _ in range(3)]
        assert told == [
            {"id": job["id"], "department": "bank", "state": "to_process"},
            {"id": job["id"], "department": "bank", "state": "pending"},
            {"id": last["id"], "department": "router", "state": "to_process"},
        ]
    own = await made(eve)
    assert (await readings[2].until("job")).data["job"]["id"] == own["id"]
    for reading in readings:
        reading.response.close()


async def test_lea_knows_a_new_job_at_the_next_message(lea: Lea, ada: Person, model: ModelServer) -> None:
    assert "Departments' jobs: none." in await context(ada, model)
    job = await made(ada)
    assert "Departments' jobs: bank: 1 to_process." in await context(ada, model)
    await ada.call("PATCH", f"{ROOT}/{job['id']}", {"state": "done", "version": 1})
    assert "Departments' jobs: bank: 1 done." in await context(ada, model)


async def test_tabs_and_sessions_of_other_processes_are_told_too(
    tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient(monkeypatch)
    async with AsyncExitStack() as stack:
        redis = stack.enter_context(own_redis())
        url = await stack.enter_async_context(fresh_database())
        config = settings(tmp_path, database={"url": url}, state={"url": redis.url}, llm={"base_url": model.url})
        one, two = [await stack.enter_async_context(running(config)) for _ in range(2)]
        ada = await one.person()
        there = Person(two.session, two.url, ada.identity, ada.headers["Authorization"].removeprefix("Bearer "))
        assert "jobs: none" in await context(there, model)
        reading = Reading(await there.request("GET", "/v1/lea/events"))
        job = await made(ada)
        assert (await reading.until("job")).data["job"]["id"] == job["id"]
        reading.response.close()
        assert "bank: 1 to_process" in await context(there, model)


async def test_jobs_of_odoo_stand_among_the_companys_own(tmp_path: Path, model: ModelServer, odoo: OdooServer) -> None:
    for number in range(5):
        odoo.bill(number)
    odoo.bill(9, "posted", "paid")
    odoo.line(20, partner_id=[3, "Élan"])
    async with connected(tmp_path, model, odoo) as (lea, ada):
        own = await made(ada)
        page = await listed(ada)
        assert (page["total"], page["jobs"][0]["id"]) == (8, own["id"])
        assert [(one["name"], one["status"]) for one in page["sources"]] == [("lea", "ok"), ("odoo", "ok")]
        seen, cursor = list[str](), ""
        while cursor is not None:
            part = await listed(ada, f"limit=3{cursor and '&cursor=' + cursor}")
            seen += [job["id"] for job in part["jobs"]]
            cursor = part["next_cursor"]
        assert seen == [job["id"] for job in page["jobs"]]
        assert [job["id"] for job in (await listed(ada, "q=elan&department=bank"))["jobs"]] == ["odoo.line.20"]
        assert [job["id"] for job in (await listed(ada, "state=done"))["jobs"]] == ["odoo.bill.9"]
        metrics = await counted(ada)
        assert (metrics["total"], metrics["departments"]["apbookkeeper"]["to_process"]) == (8, 5)
        assert [(one["name"], one["status"], one["error"]) for one in metrics["sources"]] == [
            ("lea", "ok", None),
            ("odoo", "ok", None),
        ]
        told = await context(ada, model)
        assert "apbookkeeper: 5 to_process, 1 done; bank: 2 to_process." in told
        status, bill = await ada.call("GET", f"{ROOT}/odoo.bill.3")
        assert (status, bill["source"], bill["version"], bill["amount_cents"]) == (200, "odoo", None, 12040)
        change = {"state": "done", "version": 1}
        status, problem = await ada.call("PATCH", f"{ROOT}/odoo.bill.3", change)
        assert (status, problem["code"]) == (409, "job_read_only")
        assert "odoo" in problem["detail"]
        eve = await lea.person("eve@example.org", company="Another One")
        assert (await eve.call("GET", f"{ROOT}/odoo.bill.3"))[0] == 404
        assert (await eve.call("PATCH", f"{ROOT}/odoo.bill.3", change))[0] == 404
        theirs = await listed(eve)
        assert (theirs["total"], [one["name"] for one in theirs["sources"]]) == (0, ["lea"])
        assert (await counted(eve))["total"] == 0
        assert "odoo" not in await context(eve, model)


async def test_a_company_is_named_by_its_id_too(tmp_path: Path, odoo: OdooServer) -> None:
    odoo.bill(1)
    async with running(settings(tmp_path)) as lea:
        ada = await lea.person()
    config = settings(tmp_path, odoo=odoo_of(odoo, company=ada.identity.company_id))
    async with running(config) as lea:
        bob = await lea.person("bob@example.org")
        assert (await listed(bob))["total"] == 1


@pytest.mark.parametrize("fault", ["hang", "drop", "busy", "down", "nonsense"])
async def test_a_system_that_is_not_well_is_named_and_stops_nothing(
    tmp_path: Path, model: ModelServer, odoo: OdooServer, fault: Any
) -> None:
    odoo.fault = fault
    errors = {"hang": "external_api_timeout", "drop": "network_error", "nonsense": "source_garbled"}
    limit = {"timeout": 0.5} if fault == "hang" else {}
    async with connected(tmp_path, model, odoo, **limit) as (lea, ada):
        own = await made(ada)
        status, ready = await ada.call("POST", "/v1/lea/sessions/initialize")
        assert (status, ready["jobs_metrics"]["total"]) == (200, 1)
        page = await listed(ada)
        assert [job["id"] for job in page["jobs"]] == [own["id"]]
        metrics = await counted(ada)
        assert metrics["sources"][1] == {
            "name": "odoo",
            "status": "down",
            "as_of": None,
            "error": errors.get(fault, "source_failed"),
        }
        told = await context(ada, model)
        assert "Departments' jobs: bank: 1 to_process." in told
        assert "The jobs of odoo are not available now" in told
        async with lea.session.get(lea.url + "/health") as response:
            health = await response.json()
        assert (health["status"], health["dependencies"]["odoo"]["status"]) == ("degraded", "degraded")


async def test_what_was_read_is_given_as_old_while_the_system_is_gone(
    tmp_path: Path, model: ModelServer, odoo: OdooServer
) -> None:
    odoo.bill(1)
    async with connected(tmp_path, model, odoo, fresh=0.001) as (lea, ada):
        assert (await listed(ada))["sources"][1]["status"] in {"ok", "stale"}
        odoo.fault = "down"
        async with asyncio.timeout(30):
            while (page := await listed(ada))["sources"][1]["error"] is None:
                await asyncio.sleep(0.01)
        assert (page["sources"][1]["status"], page["sources"][1]["error"]) == ("stale", "source_failed")
        assert (page["total"], page["sources"][1]["as_of"] is not None) == (1, True)
        assert "The jobs of odoo could not be read anew; they are as of 20" in await context(ada, model)


async def test_asked_without_a_model_lea_says_what_is_missing(tmp_path: Path, odoo: OdooServer) -> None:
    odoo.fault = "down"
    async with running(settings(tmp_path, odoo=odoo_of(odoo), dependencies={"odoo": QUICK})) as lea:
        ada = await lea.person()
        await made(ada)
        told = (await ada.ask("How many jobs are there?")).text
        assert "**1 job**" in told
        assert "The jobs of odoo cannot be read right now" in told
        for question in ("List the jobs", "List the done jobs"):
            assert "The jobs of odoo cannot be read right now" in (await ada.ask(question)).text


async def test_jobs_that_are_over_are_listed_from_everywhere(tmp_path: Path, odoo: OdooServer) -> None:
    odoo.bill(9, "posted", "paid", partner_id=[1, "Azur"])
    async with running(settings(tmp_path, odoo=odoo_of(odoo))) as lea:
        ada = await lea.person()
        await made(ada, state="done")
        told = (await ada.ask("List the done jobs")).text
        assert "Rapprocher le relevé" in told
        assert "Azur" in told


async def test_two_systems_stand_side_by_side_and_one_may_fail(
    tmp_path: Path, model: ModelServer, odoo: OdooServer
) -> None:
    async with FirestoreServer().running() as firestore:
        firestore.job("a", "router", "pending", "2026-11-20T10:00:00Z")
        odoo.fault = "drop"
        google = {"company": COMPANY, "project": PROJECT, "collection": COLLECTION, "endpoint": firestore.url}
        config = settings(
            tmp_path,
            odoo=odoo_of(odoo),
            firestore=google | {"key_file": firestore.key_file(tmp_path)},
            dependencies={"odoo": QUICK, "firestore": QUICK},
        )
        async with running(config) as lea:
            ada = await lea.person()
            page = await listed(ada)
            assert [(job["source"], job["department"]) for job in page["jobs"]] == [("firestore", "router")]
            assert [(one["name"], one["status"]) for one in page["sources"]] == [
                ("lea", "ok"),
                ("odoo", "down"),
                ("firestore", "ok"),
            ]
            assert (await counted(ada))["departments"]["router"]["pending"] == 1


@pytest.mark.parametrize(
    ("sections", "named"),
    [
        ({"odoo": {"company": "x"}}, "odoo.url"),
        ({"odoo": {"company": "x", "url": "https://o.example", "database": "d", "user": "u"}}, "odoo.api_key"),
        ({"firestore": {"company": "x", "project": "p"}}, "firestore.collection"),
    ],
    ids=["url", "api_key", "collection"],
)
async def test_a_setting_that_is_missing_stops_the_start_with_its_name(
    tmp_path: Path, sections: dict[str, Any], named: str
) -> None:
    with pytest.raises(StartError, match=named):
        async with running(settings(tmp_path, **sections)):
            pass
