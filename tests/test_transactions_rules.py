"""The rules of transactions, through a real store: the same on SQLite and on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, insert

from lea.config import Database
from lea.errors import BadRequest, Conflict, NotFound
from lea.ids import CompanyId, UserId
from lea.records import transactions as rules
from lea.records.transactions import Author, Transaction
from lea.store import places
from lea.store.engine import Store
from lea.store.migrate import upgrade
from lea.store.records import TransactionRow, insert_transactions
from lea.store.tables import companies
from lea.tasks import TaskOwner
from tests.postgres import fresh_database

T = TypeVar("T")

OURS, THEIRS = CompanyId("ours"), CompanyId("theirs")
ADA = Author(UserId("ada"), "Ada Byron")
BOB = Author(UserId("bob"), "Bob")
NOW = 1_800_000_000.0
SALE = {"kind": "sale", "address": "12 rue de l'Église, 44000 Nantes"}
MARTIN = {"role": "buyer", "name": "Zoé Martin", "email": "zoe@example.org"}


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[str]:
    if kind == "sqlite":
        yield f"sqlite+aiosqlite:///{folder}/lea.db"
    else:
        async with fresh_database() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgres"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    async with database(request.param, tmp_path) as url:
        tasks = TaskOwner()
        store = Store(Database(url=url), tasks)
        await store.prepare(upgrade)
        await store.write(two_companies)
        yield store
        await store.aclose()
        await tasks.aclose()


def two_companies(connection: Connection) -> None:
    for company_id in (OURS, THEIRS):
        values = {"id": company_id, "name": "Agence", "connection_mode": "sql", "created_at": NOW}
        connection.execute(insert(companies).values(values))


def opened(number: int = 1, /, **fields: Any) -> Callable[[Connection], Transaction]:
    """A unit that opens file `number`; what is not said of it is SALE's."""
    company_id = fields.pop("company_id", OURS)
    parties = fields.pop("parties", ())
    now, by = fields.pop("now", NOW + number), fields.pop("by", ADA)
    geocode = fields.pop("geocode", False)
    return lambda connection: rules.create(
        connection, company_id, SALE | fields, parties, by, now, transaction_id=f"f{number}", geocode=geocode
    )


def got(name: str = "f1", company_id: CompanyId = OURS) -> Callable[[Connection], Transaction]:
    return lambda connection: rules.get(connection, company_id, name)


def changed(fields: dict[str, Any], **how: Any) -> Callable[[Connection], tuple[dict[str, Any], dict[str, Any]]]:
    return lambda connection: rules.change(connection, OURS, "f1", fields, NOW + 100, **how)


def noted(text: str, number: int, *, by: Author = ADA) -> Callable[[Connection], rules.Note]:
    return lambda connection: rules.add_note(connection, OURS, "f1", text, by, NOW + number, note_id=f"n{number}")


def joined(party: dict[str, Any], number: int = 1) -> Callable[[Connection], rules.Party]:
    return lambda connection: rules.add_party(connection, OURS, "f1", party, NOW + 50, party_id=f"p{number}")


async def references(store: Store, **query: Any) -> list[str]:
    files, total = await store.read(lambda connection: rules.find(connection, OURS, limit=50, **query))
    assert total == len(files)
    return [file.reference for file in files]


async def test_a_new_file_has_what_was_said_and_the_next_reference(store: Store) -> None:
    first = await store.write(opened(price="350000.50", parties=[MARTIN, {"role": "seller", "name": "A. Durand"}]))
    assert (first.reference, first.stage, first.version, first.geocoding) == ("T-101", "prospect", 1, "off")
    assert (first.price, first.price_cents, first.currency) == ("350000.50", 350_000_50, "EUR")
    assert [(party.role, party.name, party.email) for party in first.parties] == [
        ("buyer", "Zoé Martin", "zoe@example.org"),
        ("seller", "A. Durand", None),
    ]
    second = await store.write(opened(2, kind="rental", stage="offer", mandate_on="2027-03-05", currency="USD"))
    assert (second.reference, second.stage, second.mandate_on) == ("T-102", "offer", "2027-03-05")
    assert (second.price, second.currency) == (None, None)
    assert await store.read(got("t-102")) == await store.read(got("f2")) == second


async def test_each_company_counts_for_itself_and_opening_twice_is_opening_once(store: Store) -> None:
    first = await store.write(opened())
    again = await store.write(opened(kind="rental", now=NOW + 9))
    assert again == first
    assert (await store.write(opened(2))).reference == "T-102"
    assert (await store.write(opened(3, company_id=THEIRS))).reference == "T-101"


async def test_files_opened_at_once_have_references_of_their_own(store: Store) -> None:
    files = await asyncio.gather(*(store.write(opened(number)) for number in range(8)))
    assert sorted(file.reference for file in files) == [f"T-{number}" for number in range(101, 109)]
    again = await asyncio.gather(*(store.write(opened(20)) for _ in range(4)))
    assert {file.reference for file in again} == {"T-109"}


async def test_another_company_s_file_is_not_there(store: Store) -> None:
    await store.write(opened(parties=[MARTIN]))
    await store.write(noted("secret", 1))
    units: list[Callable[[Connection], object]] = [
        got("f1", THEIRS),
        got("T-101", THEIRS),
        lambda c: rules.change(c, THEIRS, "f1", {"stage": "offer"}, NOW),
        lambda c: rules.move(c, THEIRS, "f1", "offer", NOW),
        lambda c: rules.add_party(c, THEIRS, "f1", MARTIN, NOW, party_id="x"),
        lambda c: rules.remove_party(c, THEIRS, "f1", "f1.00", NOW),
        lambda c: rules.add_note(c, THEIRS, "f1", "x", BOB, NOW, note_id="x"),
        lambda c: rules.remove_note(c, THEIRS, "f1", "n1", NOW),
        lambda c: rules.remove(c, THEIRS, "f1", version=1),
        lambda c: rules.restore(c, THEIRS, "f1", {}, {}, NOW),
        lambda c: rules.create(c, CompanyId("none"), SALE, (), ADA, NOW, transaction_id="y", geocode=False),
    ]
    for unit in units:
        with pytest.raises(NotFound):
            await store.write(unit)
    assert await store.read(lambda c: rules.named(c, THEIRS, "Église")) == []
    assert await store.read(lambda c: rules.named(c, THEIRS, "T-101")) == []
    assert await store.read(lambda c: rules.notes(c, THEIRS, "f1", 10)) == []
    assert await store.read(lambda c: rules.latest(c, THEIRS, ADA.user_id)) is None
    assert await store.read(lambda c: rules.find(c, THEIRS, limit=10)) == ([], 0)


async def test_a_part_of_another_file_is_not_there(store: Store) -> None:
    await store.write(opened(parties=[MARTIN]))
    await store.write(opened(2))
    await store.write(noted("un", 1))
    for unit in (
        lambda c: rules.remove_party(c, OURS, "f2", "f1.00", NOW),
        lambda c: rules.remove_note(c, OURS, "f2", "n1", NOW),
    ):
        with pytest.raises(NotFound):
            await store.write(unit)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("T-101", ["T-101"]),
        (" t-101 ", ["T-101"]),
        ("EGLISE nantes", ["T-101"]),
        ("église", ["T-101"]),
        ("rue", ["T-103", "T-102", "T-101"]),
        ("zoe", ["T-102"]),
        ("MARTIN rue", ["T-102"]),
        ("martin nantes", []),
        ("strauss", ["T-103"]),
        ("100%", []),
        ("_", []),
        ("  ", []),
    ],
)
async def test_named_knows_neither_case_nor_accents(store: Store, words: str, found: list[str]) -> None:
    await store.write(opened())
    await store.write(opened(2, address="3 rue Paul-Bert, Lyon", parties=[MARTIN]))
    await store.write(opened(3, address="9 Rue du Port", parties=[{"role": "tenant", "name": "Jörg Strauß"}]))
    files = await store.read(lambda connection: rules.named(connection, OURS, words))
    assert [file.reference for file in files] == found


async def test_find_filters_and_counts(store: Store) -> None:
    await store.write(opened(parties=[MARTIN]))
    await store.write(opened(2, kind="rental"))
    await store.write(opened(3, kind="rental", stage="offer"))
    assert await references(store) == ["T-103", "T-102", "T-101"]
    assert await references(store, kind="rental") == ["T-103", "T-102"]
    assert await references(store, kind="rental", stage="offer") == ["T-103"]
    assert await references(store, query="martin") == ["T-101"]
    assert await references(store, query="102") == ["T-102"]


async def test_pages_miss_and_repeat_nothing_though_all_changed_at_once(store: Store) -> None:
    for number in range(7):
        await store.write(opened(number, now=NOW))
    seen: list[str] = []
    before: tuple[float, str] | None = None
    while True:
        page, total = await store.read(lambda c, before=before: rules.find(c, OURS, limit=3, before=before))
        assert total == 7
        if not page:
            break
        seen += [file.id for file in page]
        before = (page[-1].updated_at, page[-1].id)
    assert seen == [f"f{number}" for number in range(6, -1, -1)]


async def test_the_latest_is_one_s_own_else_the_company_s(store: Store) -> None:
    await store.write(opened(1, by=ADA))
    await store.write(opened(2, by=BOB))
    await store.write(opened(3, by=BOB, now=NOW))
    await store.write(noted("touched last", 60, by=BOB))
    latest: list[str | None] = []
    for user in (ADA.user_id, BOB.user_id, UserId("eve")):
        file = await store.read(lambda c, user=user: rules.latest(c, OURS, user))
        latest.append(file and file.id)
    assert latest == ["f1", "f2", "f1"]


async def test_a_change_tells_what_was_and_is_and_makes_a_version(store: Store) -> None:
    await store.write(opened(price="100.00"))
    before, after = await store.write(changed({"price": "150", "stage": "offer", "address": SALE["address"]}))
    assert before == {"stage": "prospect", "price": "100.00"}
    assert after == {"stage": "offer", "price": "150.00"}
    file = await store.read(got())
    assert (file.version, file.updated_at, file.price) == (2, NOW + 100, "150.00")
    assert await store.write(changed({"price": "150.00", "stage": "offer"})) == ({}, {})
    assert (await store.read(got())).version == 2


async def test_a_change_of_an_older_version_is_refused(store: Store) -> None:
    await store.write(opened())
    await store.write(changed({"stage": "offer"}, version=1))
    with pytest.raises(Conflict, match="record_changed"):
        await store.write(changed({"stage": "deed"}, version=1))
    with pytest.raises(Conflict, match="record_changed"):
        await store.write(lambda c: rules.move(c, OURS, "f1", "deed", NOW, version=1))
    outcomes = await asyncio.gather(
        *(store.write(changed({"price": f"{n}.00"}, version=2)) for n in range(1, 5)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 3
    assert (await store.read(got())).version == 3


async def test_any_stage_may_follow_any(store: Store) -> None:
    await store.write(opened())
    for stage in ("closed", "mandate", "prospect"):
        assert (await store.write(lambda c, s=stage: rules.move(c, OURS, "f1", s, NOW)))[1] == {"stage": stage}
    assert await store.write(lambda c: rules.move(c, OURS, "f1", "prospect", NOW)) == ({}, {})


async def test_a_price_and_its_currency_come_and_go_together(store: Store) -> None:
    await store.write(opened())
    with pytest.raises(BadRequest, match="currency_without_price"):
        await store.write(changed({"currency": "USD"}))
    assert (await store.write(changed({"price": "5.00"})))[1] == {"price": "5.00", "currency": "EUR"}
    assert (await store.write(changed({"currency": "CHF"})))[1] == {"currency": "CHF"}
    assert (await store.write(changed({"price": None})))[1] == {"price": None, "currency": None}


async def test_a_new_address_is_a_new_place(store: Store) -> None:
    await store.write(opened(geocode=True))
    assert (await store.read(got())).geocoding == "waiting"
    assert await store.write(lambda c: places.place(c, "f1", SALE["address"], (47.2, -1.5)))
    file = await store.read(got())
    assert (file.latitude, file.longitude, file.geocoding, file.version) == (47.2, -1.5, "found", 1)
    before, after = await store.write(changed({"address": "Ailleurs"}, geocode=True))
    file = await store.read(got())
    assert (file.latitude, file.longitude, file.geocoding) == (None, None, "waiting")
    assert not await store.write(lambda c: places.place(c, "f1", SALE["address"], (47.2, -1.5)))
    await store.write(changed({"address": "Nulle part"}, geocode=False))
    assert (await store.read(got())).geocoding == "off"


async def test_parties_come_and_go_without_a_version(store: Store) -> None:
    await store.write(opened())
    party = await store.write(joined(MARTIN))
    assert (party.id, party.name, party.phone) == ("p1", "Zoé Martin", None)
    file = await store.read(got())
    assert (file.parties, file.version, file.updated_at) == ((party,), 1, NOW + 50)
    with pytest.raises(Conflict, match="party_known"):
        await store.write(joined({"role": "buyer", "name": "ZOE MARTIN"}, 2))
    await store.write(joined({"role": "agent", "name": "Zoé Martin"}, 3))
    assert await store.write(lambda c: rules.remove_party(c, OURS, "f1", "p1", NOW + 60)) == party
    with pytest.raises(NotFound):
        await store.write(lambda c: rules.remove_party(c, OURS, "f1", "p1", NOW + 60))
    assert [one.id for one in (await store.read(got())).parties] == ["p3"]


async def test_a_file_has_at_most_twenty_parties(store: Store) -> None:
    people = [{"role": "buyer", "name": f"Person {n:02d}"} for n in range(20)]
    with pytest.raises(Conflict, match="too_many_parties"):
        await store.write(opened(parties=[*people, MARTIN]))
    with pytest.raises(Conflict, match="party_known"):
        await store.write(opened(parties=[MARTIN, MARTIN]))
    file = await store.write(opened(parties=people))
    assert [party.name for party in file.parties] == [person["name"] for person in people]
    assert file.reference == "T-101"
    with pytest.raises(Conflict, match="too_many_parties"):
        await store.write(joined(MARTIN))


async def test_notes_are_read_newest_first_in_pages(store: Store) -> None:
    await store.write(opened())
    for number in range(5):
        await store.write(noted(f"note {number}", number))
    page = await store.read(lambda c: rules.notes(c, OURS, "f1", 2))
    assert [(note.text, note.author) for note in page] == [("note 4", "Ada Byron"), ("note 3", "Ada Byron")]
    rest = await store.read(lambda c: rules.notes(c, OURS, "f1", 9, (page[-1].created_at, page[-1].id)))
    assert [note.text for note in rest] == ["note 2", "note 1", "note 0"]
    again = await store.write(noted("another text", 4))
    assert again.text == "note 4"
    assert (await store.write(lambda c: rules.remove_note(c, OURS, "f1", "n4", NOW))).text == "note 4"
    assert len(await store.read(lambda c: rules.notes(c, OURS, "f1", 9))) == 4
    assert (await store.read(got())).version == 1


async def test_a_file_has_at_most_a_thousand_notes(store: Store) -> None:
    def full(connection: Connection) -> None:
        opened()(connection)
        for number in range(1000):
            noted("x", number)(connection)

    await store.write(full)
    with pytest.raises(Conflict, match="too_many_notes"):
        await store.write(noted("one more", 1000))
    assert (await store.write(noted("known already", 7))).text == "x"


async def test_a_file_nobody_touched_can_be_taken_back(store: Store) -> None:
    await store.write(opened(parties=[MARTIN]))
    with pytest.raises(Conflict, match="record_changed"):
        await store.write(lambda c: rules.remove(c, OURS, "f1", version=2))
    await store.write(lambda c: rules.remove(c, OURS, "f1", version=1))
    with pytest.raises(NotFound):
        await store.read(got())
    assert (await store.write(opened(2))).reference == "T-102"


@pytest.mark.parametrize("touch", [noted("x", 1), joined({"role": "agent", "name": "Eve"}), changed({"stage": "deed"})])
async def test_a_file_somebody_worked_on_is_not_taken_back(store: Store, touch: Callable[[Connection], object]) -> None:
    await store.write(opened(parties=[MARTIN]))
    await store.write(touch)
    with pytest.raises(Conflict, match="record_changed"):
        await store.write(lambda c: rules.remove(c, OURS, "f1", version=1))
    assert (await store.read(got())).reference == "T-101"


async def test_a_change_can_be_taken_back_while_its_fields_are_as_it_left_them(store: Store) -> None:
    await store.write(opened(geocode=True))
    before, after = await store.write(changed({"address": "Ailleurs", "price": "5.00"}))
    await store.write(changed({"stage": "offer"}))
    await store.write(lambda c: rules.restore(c, OURS, "f1", before, after, NOW + 200))
    file = await store.read(got())
    assert (file.address, file.price, file.currency, file.stage) == (SALE["address"], None, None, "offer")
    assert (file.version, file.updated_at) == (4, NOW + 200)
    with pytest.raises(Conflict, match="record_changed"):
        await store.write(lambda c: rules.restore(c, OURS, "f1", before, after, NOW + 300))
    assert (await store.read(got())).version == 4


async def test_files_of_older_releases_are_files_like_all_others(store: Store) -> None:
    old = TransactionRow("old", "T-7", "sale", "deed", "Rue d'Avant", 100, "EUR", NOW, NOW)
    await store.write(lambda c: insert_transactions(c, OURS, [old]))
    file = await store.read(got("T-7"))
    assert (file.version, file.geocoding, file.created_by, file.price) == (1, "off", None, "1.00")
