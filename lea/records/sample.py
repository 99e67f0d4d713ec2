"""The sample company: a property agency in the middle of its year, for demonstrations and tests."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lea.ids import CompanyId, derived_id
from lea.records.parts import insert_parties
from lea.records.sample_jobs import SAMPLE_JOBS
from lea.records.sample_people import SAMPLE_NOTES, SAMPLE_PARTIES
from lea.sentences import Language
from lea.store.accounts import Role
from lea.store.jobs import JobRow, insert_jobs, job_ids
from lea.store.notes import add_note
from lea.store.records import Connection, TransactionRow, insert_transactions, references
from lea.store.transactions import number_up_to

SAMPLE_COMPANY: Final = "Agence Lumière"
HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
STEPS: Final = (("mandate_on", 21), ("offer_on", 14), ("agreement_on", 60), ("deed_on", 0))
"""What a file has behind it, and how many days passed until the next step."""
TAKEN: Final = {"prospect": 0, "mandate": 1, "offer": 2, "preliminary_agreement": 3, "deed": 4, "closed": 4}
SIGNED_BY_TENANT: Final = 2
"""A rental ends with a lease: it has no agreement and no deed."""

SAMPLE_FILES: Final = (
    ("T-101", "sale", "closed", "8 rue des Martyrs, 75009 Paris", 612_000_00),
    ("T-102", "sale", "deed", "27 cours Lafayette, 69006 Lyon", 435_000_00),
    ("T-103", "purchase", "preliminary_agreement", "14 quai des Chartrons, 33000 Bordeaux", 528_500_00),
    ("T-104", "sale", "mandate", "12 rue de la Paix, 75002 Paris", 890_000_00),
    ("T-105", "rental", "closed", "3 place du Capitole, 31000 Toulouse", 1_150_00),
    ("T-106", "sale", "offer", "45 rue Crébillon, 44000 Nantes", 350_000_00),
    ("T-107", "rental", "mandate", "19 rue de la République, 13002 Marseille", 980_00),
    ("T-108", "purchase", "prospect", "6 allée Jean-Jaurès, 31000 Toulouse", None),
    ("T-109", "sale", "preliminary_agreement", "52 boulevard de la Liberté, 59800 Lille", 274_900_00),
    ("T-110", "rental", "offer", "31 rue Sainte-Catherine, 33000 Bordeaux", 1_420_50),
    ("T-111", "sale", "prospect", "9 chemin des Vignes, 84000 Avignon", None),
    ("T-112", "purchase", "offer", "22 avenue Foch, 67000 Strasbourg", 410_000_00),
    ("T-113", "sale", "mandate", "5 rue du Port, 17000 La Rochelle", 325_000_00),
    ("T-114", "rental", "prospect", "17 rue Paul-Bert, 69003 Lyon", 760_00),
)
"""(reference, kind, stage, address, price in cents); a rental's price is the rent of a month. Oldest first."""


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """What an account of the sample company is made from; the caller chooses the password."""

    name: str
    email: str
    role: Role
    language: Language


def sample_people() -> tuple[SamplePerson, ...]:
    """The administrator first."""
    return (
        SamplePerson("Claire Morel", "claire.morel@agence-lumiere.example", "admin", "fr"),
        SamplePerson("Paul Stern", "paul.stern@agence-lumiere.example", "member", "en"),
    )


def load_sample(connection: Connection, company_id: CompanyId, now: float) -> None:
    """Give the company the sample's records as of `now` (seconds since the epoch); what it has already stays."""
    files = sample_files(company_id, now)
    known_files = references(connection, company_id, {row.reference for row in files})
    new = [row for row in files if row.reference not in known_files]
    insert_transactions(connection, company_id, new)
    number_up_to(connection, company_id, max(int(row.reference.removeprefix("T-")) for row in files))
    _insert_parts(connection, company_id, new)
    jobs = sample_jobs(company_id, now)
    known_jobs = job_ids(connection, company_id, {row.id for row in jobs})
    insert_jobs(connection, company_id, [row for row in jobs if row.id not in known_jobs])


def sample_files(company_id: CompanyId, now: float) -> list[TransactionRow]:
    """One file a week, each touched again two days after it was made."""
    rows = []
    for weeks_ago, (reference, kind, stage, address, price) in enumerate(reversed(SAMPLE_FILES)):
        created = now - 3 * DAY - weeks_ago * 7 * DAY
        rows.append(
            TransactionRow(
                id=derived_id("transaction", company_id, reference),
                reference=reference,
                kind=kind,
                stage=stage,
                address=address,
                price_cents=price,
                currency=None if price is None else "EUR",
                created_at=created,
                updated_at=created + 2 * DAY,
                **_days(kind, stage, created),
            )
        )
    return rows


def _days(kind: str, stage: str, created: float) -> dict[str, str]:
    """The last step was taken the day after the file was made."""
    taken = min(TAKEN[stage], SIGNED_BY_TENANT) if kind == "rental" else TAKEN[stage]
    days, moment = {}, created + DAY
    for place, (name, until_next) in enumerate(reversed(STEPS[:taken])):
        moment -= until_next * DAY if place else 0
        days[name] = datetime.fromtimestamp(moment, UTC).date().isoformat()
    return days


def _insert_parts(connection: Connection, company_id: CompanyId, files: Iterable[TransactionRow]) -> None:
    for file in files:
        people = [
            {"role": role, "name": name, "email": email, "phone": phone}
            for role, name, email, phone in SAMPLE_PARTIES.get(file.reference, ())
        ]
        insert_parties(connection, company_id, file.id, people, file.created_at)
        for author, text in ((author, text) for reference, author, text in SAMPLE_NOTES if reference == file.reference):
            values = {"id": derived_id("note", file.id, text), "company_id": company_id, "transaction_id": file.id}
            values |= {"text": text, "author_id": derived_id("sample", author), "author": author}
            add_note(connection, values | {"created_at": file.updated_at})


def sample_jobs(company_id: CompanyId, now: float) -> list[JobRow]:
    """Every seven hours a job, each touched again an hour after it was made."""
    rows = []
    for place, (department, state, title) in enumerate(SAMPLE_JOBS):
        created = now - 2 * HOUR - place * 7 * HOUR
        job_id = derived_id("job", company_id, department, title)
        rows.append(JobRow(job_id, department, state, title, created, created + HOUR))
    return rows
