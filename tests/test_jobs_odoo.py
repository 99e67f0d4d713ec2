"""Odoo's bills and statement lines as jobs, from a server that speaks as Odoo does, errors with status 200 included."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lea.clock import SystemClock
from lea.config import BUILT_IN, DependencySettings
from lea.config import Odoo as Settings
from lea.errors import ExternalTimeout, LeaError, NetworkError
from lea.metrics import REGISTRY
from lea.resilience.dependency import Dependency
from lea.sources.foreign import Failed, Garbled, Refused
from lea.sources.odoo import Odoo
from lea.sources.odoo_records import KINDS, job_of
from lea.sources.source import OPEN_STATES, JobsMetrics
from tests.odoo_server import DATABASE, KEY, USER, OdooServer, matches


@pytest.fixture
async def server() -> AsyncIterator[OdooServer]:
    async with OdooServer().running() as server:
        yield server


@asynccontextmanager
async def asking(
    server: OdooServer, limits: dict[str, Any] | None = None, **changes: object
) -> AsyncIterator[tuple[Odoo, Dependency]]:
    own = {"company": "c1", "url": server.url, "database": DATABASE, "user": USER, "api_key": KEY}
    settings = Settings.model_validate(own | changes)
    values = {**BUILT_IN["odoo"], "retries": 0, "breaker_minimum": 1000, **(limits or {})}
    way = Dependency("odoo", DependencySettings.model_validate(values), SystemClock())
    odoo = Odoo(settings, way)
    try:
        yield odoo, way
    finally:
        await odoo.aclose()


async def test_bills_and_lines_are_jobs_in_their_states(server: OdooServer) -> None:
    states = {
        1: ("draft", "not_paid", "to_process"),
        2: ("posted", "not_paid", "pending"),
        3: ("posted", "partial", "pending"),
        4: ("posted", "in_payment", "in_process"),
        5: ("posted", "paid", "done"),
        6: ("posted", "reversed", "done"),
        7: ("cancel", "not_paid", "failed"),
    }
    for number, (state, payment, _) in states.items():
        server.bill(number, state, payment)
    server.models["account.move"].append({**server.models["account.move"][0], "id": 99, "move_type": "out_invoice"})
    server.line(21)
    server.line(22, reconciled=True, partner_id=[4, "Loyer\n<b>Dupont</b>"])
    async with asking(server) as (odoo, _):
        loaded = await odoo.load()
    assert {job.id: job.state for job in loaded.jobs if job.department == "apbookkeeper"} == {
        f"odoo.bill.{number}": expected for number, (_, _, expected) in states.items()
    }
    assert {job.id: job.state for job in loaded.jobs if job.department == "bank"} == {
        "odoo.line.21": "to_process",
        "odoo.line.22": "done",
    }
    assert [job.updated_at for job in loaded.jobs] == sorted((job.updated_at for job in loaded.jobs), reverse=True)
    bill, line = (next(job for job in loaded.jobs if job.id == name) for name in ("odoo.bill.2", "odoo.line.22"))
    assert (bill.title, bill.amount_cents, bill.currency, bill.source) == (
        "Azur SARL – F-2 – BILL/2", 12040, "EUR", "odoo",
    )  # fmt: skip
    assert (bill.due_at, bill.updated_at) == (1_796_083_200.0, 1_793_491_320.0)
    assert (line.title, line.amount_cents) == ("Loyer <b>Dupont</b> – VIR 22", -1250)
    metrics = JobsMetrics.of(loaded.counts)
    assert metrics.total == 9
    expected = {"to_process": 1, "in_process": 1, "pending": 2, "done": 2, "failed": 1}
    assert metrics.counts["apbookkeeper"] == expected
    assert (metrics.counts["bank"]["to_process"], metrics.counts["bank"]["done"]) == (1, 1)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)
def test_the_domains_of_a_kind_part_its_records_as_its_states_do(kind: Any) -> None:
    """What is counted under a state, what is listed as open and what a record is taken for are the same thing."""
    payments = ["not_paid", "partial", "blocked", "in_payment", "paid", "reversed", "invoicing_legacy", False]
    records = [
        {"id": 1, "move_type": "in_invoice", "state": state, "payment_state": payment, "is_reconciled": reconciled}
        for state in ("draft", "posted", "cancel")
        for payment in payments
        for reconciled in (True, False)
    ]
    for record in records:
        state = kind.state(record)
        counted = [name for name, domain in kind.states.items() if matches([*kind.all, *domain], record)]
        assert counted == [state], record
        assert matches(kind.page(open_ones=True), record) == (state in OPEN_STATES), record
        assert matches(kind.page(open_ones=False), record) == (state not in OPEN_STATES), record


async def test_pages_are_bounded_open_ones_are_not_crowded_out_and_all_are_counted(server: OdooServer) -> None:
    for number in range(250):
        server.bill(number, "draft")
    for number in range(1000, 1300):
        server.bill(number, "posted", "paid")
    async with asking(server) as (odoo, _):
        loaded = await odoo.load()
    assert [sum(job.state == state for job in loaded.jobs) for state in ("to_process", "done")] == [200, 200]
    assert JobsMetrics.of(loaded.counts).counts["apbookkeeper"]["to_process"] == 250
    assert JobsMetrics.of(loaded.counts).total == 550


async def test_one_signs_in_once_and_anew_after_access_was_denied(server: OdooServer) -> None:
    async with asking(server) as (odoo, _):
        await odoo.load()
        await odoo.load()
        assert server.logins == 1
        server.key = "changed"
        with pytest.raises(Refused):
            await odoo.load()
        server.key = KEY
        await odoo.load()
        assert server.logins == 2


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"database": "elsewhere"}, Failed), ({"api_key": "wrong"}, Refused), ({"user": "nobody"}, Refused)],
    ids=["database", "key", "user"],
)
async def test_what_is_set_wrong_is_told_and_counts_as_a_failure(
    server: OdooServer, changes: dict[str, object], kind: type[LeaError]
) -> None:
    async with asking(server, **changes) as (odoo, way):
        with pytest.raises(kind):
            await odoo.load()
        assert way.breaker.look().failures == 1


async def test_a_model_one_may_not_read_is_an_access_error_within_status_200(server: OdooServer) -> None:
    server.readable.discard("account.bank.statement.line")
    name = "lea_dependency_calls_total"
    before = REGISTRY.get_sample_value(name, {"dependency": "odoo", "outcome": "failure"}) or 0
    async with asking(server) as (odoo, way):
        with pytest.raises(Refused) as caught:
            await odoo.load()
        assert caught.value.reason == "source_refused"
        assert way.breaker.look().failures == 4  # two pages and two counts
    assert REGISTRY.get_sample_value(name, {"dependency": "odoo", "outcome": "failure"}) == before + 4


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("drop", NetworkError), ("busy", Failed), ("down", Failed), ("nonsense", Garbled), ("hang", ExternalTimeout)],
)
async def test_a_server_that_is_not_well_is_a_failure_of_that_kind(
    server: OdooServer, fault: Any, kind: type[LeaError]
) -> None:
    async with asking(server) as (odoo, way):
        patient = way.settings
        if fault == "hang":
            way.settings = patient.model_copy(update={"read_timeout": 0.3})
        server.fault = fault
        with pytest.raises(kind):
            await odoo.load()
        assert way.breaker.look().failures == 1
        server.fault, way.settings = "", patient
        assert (await odoo.load()).jobs == ()


async def test_a_server_that_does_not_listen_is_a_network_error() -> None:
    server = OdooServer()
    with socket.socket() as taken:  # bound, so that nobody else listens there meanwhile
        taken.bind(("127.0.0.1", 0))
        server.url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        async with asking(server) as (odoo, _):
            with pytest.raises(NetworkError):
                await odoo.load()


@pytest.mark.parametrize(
    "record",
    [None, [], {}, {"id": True, "state": "draft"}, {"id": "1", "state": "draft"}, {"id": 1, "state": "strange"}],
    ids=repr,
)
def test_what_is_no_record_is_no_job(record: Any) -> None:
    assert job_of(KINDS[0], record) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"amount_total": float("inf")}, None),
        ({"amount_total": "12"}, None),
        ({"amount_total": 1e300}, None),
        ({"amount_total": 12.345, "currency_id": False}, None),
        ({"amount_total": 0.1 + 0.2}, 30),
        ({"amount_total": 19.99}, 1999),
    ],
    ids=repr,
)
def test_an_amount_is_cents_or_nothing(values: dict[str, Any], expected: int | None) -> None:
    job = job_of(KINDS[0], {"id": 1, "state": "draft", "currency_id": [1, "EUR"], **values})
    assert job is not None
    assert job.amount_cents == expected
    assert (job.currency is None) == (expected is None)


def test_fields_of_any_kind_leave_a_job_people_can_read() -> None:
    odd = {"id": 1, "state": "draft", "name": 5, "ref": "\u202eabc\0", "partner_id": [1], "write_date": "yesterday"}
    job = job_of(KINDS[0], odd | {"invoice_date_due": "9999-99-99", "create_date": 3})
    assert job is not None
    assert (job.title, job.updated_at, job.due_at) == ("abc", 0.0, None)
