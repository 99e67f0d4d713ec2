"""A Firestore collection as jobs: typed values, tokens for signed statements, counts where there are too many."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lea.clock import Clock, SystemClock
from lea.config import BUILT_IN, DependencySettings
from lea.config import Firestore as Settings
from lea.errors import ExternalTimeout, LeaError, NetworkError
from lea.resilience.dependency import Dependency
from lea.sources.firestore import Firestore
from lea.sources.firestore_values import Fields, decoded, job_of, whole_number
from lea.sources.foreign import Failed, Garbled, Refused
from lea.sources.source import JobsMetrics
from tests.conftest import Logged
from tests.firestore_server import COLLECTION, PROJECT, FirestoreServer


class Later(SystemClock):
    """Time that has passed, while the calendar stands: what is signed must be of today."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


FIELDS = Fields("department", "state", "title", "updated_at")


@pytest.fixture
async def server() -> AsyncIterator[FirestoreServer]:
    async with FirestoreServer().running() as server:
        yield server


@asynccontextmanager
async def asking(
    server: FirestoreServer, folder: Path, clock: Clock | None = None, **changes: object
) -> AsyncIterator[tuple[Firestore, Dependency]]:
    own = {"company": "c1", "project": PROJECT, "collection": COLLECTION, "endpoint": server.url}
    settings = Settings.model_validate({**own, "key_file": server.key_file(folder), **changes})
    values = {**BUILT_IN["firestore"], "retries": 0, "breaker_minimum": 1000, "read_timeout": 60}
    way = Dependency("firestore", DependencySettings.model_validate(values), SystemClock())
    firestore = Firestore(settings, way, clock or SystemClock())
    try:
        yield firestore, way
    finally:
        await firestore.aclose()


async def test_documents_are_jobs_newest_first_and_what_is_none_is_left_out(
    server: FirestoreServer, tmp_path: Path
) -> None:
    server.job("a", "router", "pending", "2026-11-20T10:00:00.123456789Z")
    server.job("b/é", "bank", "done", "2026-11-21T10:00:00Z", title={"nullValue": None})
    server.job("c", "sales", "pending", "2026-11-22T10:00:00Z")
    server.job("d", "bank", "lost", "2026-11-22T10:00:00Z")
    server.job("e", "bank", "done", "2026-11-22T10:00:00Z", updated_at={"stringValue": "2026-11-22"})
    server.documents["f"] = {"department": {"stringValue": "bank"}}
    async with asking(server, tmp_path) as (firestore, _):
        loaded = await firestore.load()
        again = await firestore.load()
    assert [(job.title, job.department, job.state) for job in loaded.jobs] == [
        ("?", "bank", "done"),
        ("Tâche a", "router", "pending"),
    ]
    assert loaded.jobs[1].updated_at == pytest.approx(1_795_168_800.123456)
    assert loaded.jobs[0].id.startswith("firestore.document_")
    assert again == loaded
    assert JobsMetrics.of(loaded.counts).total == 2
    assert (server.queries, len(server.tokens)) == (["runQuery"] * 2, 1)


async def test_an_empty_collection_is_no_jobs(server: FirestoreServer, tmp_path: Path) -> None:
    async with asking(server, tmp_path) as (firestore, _):
        loaded = await firestore.load()
    assert (loaded.jobs, loaded.counts) == ((), ())


async def test_fields_are_found_under_other_names_and_within_maps(server: FirestoreServer, tmp_path: Path) -> None:
    work = {"mapValue": {"fields": {"department": {"stringValue": "bank"}, "how": {"stringValue": "pending"}}}}
    server.job("a", "x", "x", "2026-11-20T10:00:00Z", work=work, nom={"stringValue": "Relevé"})
    changes = {"department_field": "work.department", "state_field": "work.how", "title_field": "nom"}
    async with asking(server, tmp_path, **changes) as (firestore, _):
        (job,) = (await firestore.load()).jobs
    assert (job.department, job.state, job.title) == ("bank", "pending", "Relevé")


async def test_where_there_are_more_than_a_page_they_are_counted_there(server: FirestoreServer, tmp_path: Path) -> None:
    for number in range(230):
        state = "done" if number % 2 else "pending"
        server.job(f"n{number}", "bank", state, f"2026-11-20T10:{number // 60:02d}:{number % 60:02d}Z")
    async with asking(server, tmp_path) as (firestore, _):
        loaded = await firestore.load()
    metrics = JobsMetrics.of(loaded.counts)
    assert (len(loaded.jobs), metrics.total, metrics.counts["bank"]["pending"]) == (200, 230, 115)
    assert server.queries.count("runAggregationQuery") == 15


async def test_a_token_that_is_not_taken_any_more_is_replaced_once(server: FirestoreServer, tmp_path: Path) -> None:
    async with asking(server, tmp_path) as (firestore, way):
        await firestore.load()
        server.tokens.clear()
        await firestore.load()
        assert (server.refused, len(server.tokens), way.breaker.look().failures) == (1, 1, 0)


async def test_a_token_is_exchanged_before_it_ends(server: FirestoreServer, tmp_path: Path) -> None:
    clock = Later()
    async with asking(server, tmp_path, clock) as (firestore, _):
        await firestore.load()
        clock.ahead = 3500
        await firestore.load()
        assert len(server.tokens) == 1
        clock.ahead = 3541
        await firestore.load()
        assert (len(server.tokens), server.refused) == (2, 0)


async def test_an_account_nobody_knows_is_refused_and_a_failure(server: FirestoreServer, tmp_path: Path) -> None:
    async with asking(server, tmp_path) as (firestore, way):
        file = tmp_path / "account.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"client_email": "eve@example.org"}))
        with pytest.raises(Refused):
            await firestore.load()
        assert way.breaker.look().failures == 1


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"private_key": "x"}', None], ids=repr)
async def test_a_key_file_that_is_none_is_told_without_its_text(
    server: FirestoreServer, tmp_path: Path, text: str | None, logged: Logged
) -> None:
    async with asking(server, tmp_path) as (firestore, _):
        file = tmp_path / "account.json"
        if text is None:
            file.unlink()
        else:
            file.write_text(text)
        with pytest.raises(Refused):
            await firestore.load()
    (line,) = logged.named("jobs.key_unusable")
    assert line["error"].isidentifier()


async def test_another_project_is_refused(server: FirestoreServer, tmp_path: Path) -> None:
    async with asking(server, tmp_path, project="elsewhere/../x") as (firestore, _):
        with pytest.raises(Refused):
            await firestore.load()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("drop", NetworkError), ("busy", Failed), ("down", Failed), ("nonsense", Garbled), ("hang", ExternalTimeout)],
)
async def test_a_server_that_is_not_well_is_a_failure_of_that_kind(
    server: FirestoreServer, tmp_path: Path, fault: Any, kind: type[LeaError]
) -> None:
    async with asking(server, tmp_path) as (firestore, way):
        await firestore.load()
        patient = way.settings
        if fault == "hang":
            way.settings = patient.model_copy(update={"read_timeout": 0.3})
        server.fault = fault
        with pytest.raises(kind):
            await firestore.load()
        assert way.breaker.look().failures == 1
        server.fault, way.settings = "", patient
        assert (await firestore.load()).jobs == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"nullValue": None}, None),
        ({"stringValue": "é"}, "é"),
        ({"stringValue": 5}, None),
        ({"integerValue": "9007199254740993"}, 9_007_199_254_740_993),
        ({"integerValue": "x"}, None),
        ({"doubleValue": 1.5}, 1.5),
        ({"doubleValue": "Infinity"}, float("inf")),
        ({"booleanValue": False}, False),
        ({"booleanValue": 1}, None),
        ({"timestampValue": "2026-11-21T10:00:00Z"}, datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ({"timestampValue": "soon"}, None),
        ({"bytesValue": "aGk="}, b"hi"),
        ({"referenceValue": "projects/p"}, "projects/p"),
        ({"geoPointValue": {"latitude": 1, "longitude": 2}}, (1.0, 2.0)),
        ({"geoPointValue": {}}, None),
        ({"arrayValue": {"values": [{"integerValue": "1"}, {"stringValue": "a"}]}}, [1, "a"]),
        ({"arrayValue": {}}, []),
        ({"mapValue": {"fields": {"a": {"mapValue": {}}}}}, {"a": {}}),
        ({"mapValue": 3}, None),
        ({"vectorValue": 1}, None),
        ({"stringValue": "a", "integerValue": "1"}, None),
        ({}, None),
        ("text", None),
    ],
    ids=repr,
)
def test_each_type_of_value_is_decoded_and_a_lie_is_nothing(value: Any, expected: Any) -> None:
    assert decoded(value) == expected


def test_a_document_nested_without_end_is_read_to_its_bound() -> None:
    value: dict[str, Any] = {"stringValue": "deep"}
    for _ in range(10_000):
        value = {"mapValue": {"fields": {"a": value}}}
    depth, found = 0, decoded(value)
    while found is not None:
        depth, found = depth + 1, found["a"]
    assert depth == 21


@pytest.mark.parametrize("document", [None, {}, {"name": "x"}, {"name": 1, "fields": {}}, {"name": "x", "fields": []}])
def test_what_is_no_document_is_no_job(document: Any) -> None:
    assert job_of(document, FIELDS) is None


def test_a_count_is_a_number_that_can_be_one() -> None:
    assert whole_number({"integerValue": "3"}) == 3
    for value in ({"integerValue": "-1"}, {"doubleValue": 1.0}, {"booleanValue": True}, None):
        with pytest.raises(Garbled):
            whole_number(value)
