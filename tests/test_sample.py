"""The sample company, through a real database and the engine that tells of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from lea.config import Database
from lea.ids import CompanyId, UserId
from lea.llm.local import LocalEngine
from lea.llm.provider import Caller, Prompt
from lea.messages import User
from lea.records import transactions as rules
from lea.records.sample import SAMPLE_COMPANY, load_sample, sample_people
from lea.records.sample_jobs import SAMPLE_JOBS
from lea.sources.facts import CompanyFacts
from lea.sources.source import DEPARTMENTS, STATES
from lea.sources.sql import SqlSource
from lea.store.business_tables import transactions
from lea.store.engine import Store
from lea.store.schema import metadata
from lea.store.tables import companies, threads, users
from lea.tasks import TaskOwner

NOW = 1_800_000_000.0
LUMIERE, SECOND = CompanyId("lumiere"), CompanyId("second")
STAGES = {"prospect", "mandate", "offer", "preliminary_agreement", "deed", "closed"}


def company(connection: Connection) -> None:
    metadata.create_all(connection)
    for company_id in (LUMIERE, SECOND):
        values = {"id": company_id, "name": SAMPLE_COMPANY, "connection_mode": "sql", "created_at": NOW}
        connection.execute(insert(companies).values(values))
    for person in sample_people():
        values = {"id": person.name, "company_id": LUMIERE, "name": person.name, "email": person.email}
        values |= {"role": person.role, "language": person.language}
        connection.execute(insert(users).values(created_at=NOW, **values))
    load_sample(connection, LUMIERE, NOW)
    values = {"id": "t1", "user_id": "Claire Morel", "company_id": LUMIERE, "title": "Mandat | T-113"}
    connection.execute(insert(threads).values(created_at=NOW, updated_at=NOW, **values))


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    tasks = TaskOwner()
    store = Store(Database(url=f"sqlite+aiosqlite:///{tmp_path / 'lea.db'}"), tasks)
    await store.write(company)
    yield store
    await store.aclose()
    await tasks.aclose()


async def test_the_sample_has_every_kind_stage_department_and_state(store: Store) -> None:
    source = SqlSource(store)
    found = await source.files(LUMIERE, kinds=(), stages=(), reference="", limit=20)
    assert found.total == 14
    assert {file.kind for file in found.files} == {"sale", "purchase", "rental"}
    assert {file.stage for file in found.files} == STAGES
    metrics = await source.jobs_metrics(LUMIERE)
    assert metrics.total == len(SAMPLE_JOBS) == 40
    assert all(metrics.counts[department][state] for department in DEPARTMENTS for state in STATES)


async def test_nothing_of_the_sample_is_from_the_future(store: Store) -> None:
    source = SqlSource(store)
    found = await source.files(LUMIERE, kinds=(), stages=(), reference="", limit=20)
    assert [file.reference for file in found.files] == [f"T-{n}" for n in range(114, 100, -1)]
    assert max(file.updated_at for file in found.files) < NOW
    assert max(job.updated_at for job in (await source.jobs(LUMIERE)).jobs) < NOW


async def test_most_files_have_people_some_have_notes_and_the_next_one_is_t_115(store: Store) -> None:
    files, total = await store.read(lambda connection: rules.find(connection, LUMIERE, limit=20))
    assert sum(bool(file.parties) for file in files) == 12
    assert {party.role for file in files for party in file.parties} == {
        "buyer",
        "seller",
        "agent",
        "tenant",
        "landlord",
    }
    sold = next(file for file in files if file.reference == "T-102")
    assert None not in (sold.mandate_on, sold.offer_on, sold.agreement_on, sold.deed_on)
    assert sorted([sold.mandate_on, sold.offer_on, sold.agreement_on, sold.deed_on])[-1] == sold.deed_on
    offered = next(file for file in files if file.reference == "T-106")
    assert (offered.offer_on is None, offered.agreement_on) == (False, None)
    notes = await store.read(lambda connection: rules.notes(connection, LUMIERE, offered.id, 5))
    assert [note.author for note in notes] == ["Claire Morel"]
    author = rules.Author(UserId("Claire Morel"), "Claire Morel")
    fields = {"kind": "sale", "address": "1 rue Neuve"}
    file = await store.write(
        lambda connection: rules.create(
            connection, LUMIERE, fields, (), author, NOW, transaction_id="new", geocode=False
        )
    )
    assert file.reference == "T-115"


async def test_loading_the_sample_again_adds_nothing_and_undoes_nothing(store: Store) -> None:
    moved = transactions.update().where(transactions.c.reference == "T-104").values(stage="offer")
    await store.write(lambda connection: connection.execute(moved) and None)
    await store.write(lambda connection: load_sample(connection, LUMIERE, NOW + 86_400))
    source = SqlSource(store)
    found = await source.files(LUMIERE, kinds=(), stages=(), reference="T-104", limit=1)
    assert found.files[0].stage == "offer"
    assert (await source.files(LUMIERE, kinds=(), stages=(), reference="", limit=1)).total == 14
    assert (await source.jobs_metrics(LUMIERE)).total == 40


async def test_two_companies_have_their_own_sample(store: Store) -> None:
    await store.write(lambda connection: load_sample(connection, SECOND, NOW))
    for company_id in (LUMIERE, SECOND):
        assert (await SqlSource(store).jobs_metrics(company_id)).total == 40


def test_the_sample_s_people_are_an_administrator_and_a_member() -> None:
    claire, paul = sample_people()
    assert (claire.name, claire.role, claire.language) == ("Claire Morel", "admin", "fr")
    assert (paul.name, paul.role, paul.language) == ("Paul Stern", "member", "en")
    assert all(person.email.endswith("@agence-lumiere.example") for person in (claire, paul))


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("Mes conversations", "| Mandat \\| T-113 | 15\u00a0janvier\u00a02027 |"),
        ("Mes dossiers", "Il y a **14 dossiers**"),
        ("show me T-104", "12 rue de la Paix, 75002 Paris"),
        ("Nos locations en cours", "Il y a **3 dossiers** (location, "),
        ("Combien de tâches en échec ?", "Il y a **4 tâches** (en échec)."),
        ("How many jobs does the bank department have?", "There are **13 jobs** (bank)."),
        ("Qui suis-je ?", "Entreprise\u00a0: Agence Lumière"),
    ],
)
async def test_the_offline_engine_answers_from_the_database(store: Store, question: str, part: str) -> None:
    caller = Caller(UserId("Claire Morel"), LUMIERE, "fr")
    engine = LocalEngine(CompanyFacts(SqlSource(store), store), words_per_second=0)
    async with engine.open(Prompt("", (User(question),), caller)) as stream:
        text = "".join([event async for batch in stream for event in batch if isinstance(event, str)])
    assert part in text
