"""Forms made from a transaction: what they were filled with is kept, so that they stay as they were made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lea.clock import iso
from lea.errors import Conflict, NotFound
from lea.ids import CompanyId
from lea.records.file import Author, Transaction, with_parties
from lea.records.parts import locked
from lea.sentences import Language
from lea.store import directory
from lea.store import notes as store_notes
from lea.store import transactions as store
from lea.store.transactions import Connection, Row

MOST_FORMS: Final = 100

Names = tuple[str, ...]
OWNER: Final = {"sale": "seller", "purchase": "seller", "rental": "landlord"}
TAKER: Final = {"sale": "buyer", "purchase": "buyer", "rental": "tenant"}
CLIENT: Final = {"sale": "seller", "purchase": "buyer", "rental": "landlord"}
NEEDED: Final[Mapping[str, Callable[[str], Names]]] = {
    "mandate": lambda kind: (CLIENT[kind], "price", "mandate_on"),
    "offer": lambda kind: (TAKER[kind], OWNER[kind], "price", "offer_on"),
    "visit_sheet": lambda kind: (TAKER[kind], "agent", "price"),
}
"""What a form of a file of this kind asks for beside what every file has: roles and fields."""


@dataclass(frozen=True, slots=True)
class Form:
    """`content` is the file as it was: `reference`, its fields, `parties`, `company` and `made_at` (RFC 3339).

    `missing` names, in the order of the form, the roles and fields it has blanks for.
    """

    id: str
    transaction_id: str
    template: str
    language: Language
    content: dict[str, Any]
    missing: list[str]
    author_id: str
    created_at: float


def make(
    connection: Connection,
    company_id: CompanyId,
    transaction_id: str,
    template: str,
    language: Language,
    by: Author,
    now: float,
    *,
    form_id: str,
) -> Form:
    """Fill the template; an id that is there already is that form, as it is. Raises Conflict(`too_many_forms`)."""
    row = locked(connection, company_id, transaction_id)
    known = store_notes.form(connection, company_id, form_id)
    if known is not None:
        return _form(known)
    if store_notes.count_forms(connection, row.id) >= MOST_FORMS:
        raise Conflict("too_many_forms")
    file = with_parties(connection, company_id, [row])[0]
    content = _content(file, directory.company_name(connection, company_id) or "", now)
    made = Form(form_id, file.id, template, language, content, missing(template, content), by.user_id, now)
    values = {name: getattr(made, name) for name in Form.__slots__}
    store_notes.add_form(connection, values | {"company_id": company_id})
    store.touch(connection, row.id, now)
    return made


def form(connection: Connection, company_id: CompanyId, form_id: str) -> Form:
    """Raises NotFound."""
    row = store_notes.form(connection, company_id, form_id)
    if row is None:
        raise NotFound
    return _form(row)


def forms(connection: Connection, company_id: CompanyId, transaction_id: str) -> list[Form]:
    """Newest first; of a transaction that is not there, none. Takes its id only."""
    return [_form(row) for row in store_notes.forms(connection, company_id, transaction_id)]


def remove_form(connection: Connection, company_id: CompanyId, form_id: str, now: float) -> Form:
    """What it was. Raises NotFound."""
    known = form(connection, company_id, form_id)
    row = locked(connection, company_id, known.transaction_id)
    store_notes.remove_form(connection, form_id)
    store.touch(connection, row.id, now)
    return known


def missing(template: str, content: Mapping[str, Any]) -> list[str]:
    """The roles and fields the template asks for and the file does not know."""
    roles = {party["role"] for party in content["parties"]}
    return [name for name in NEEDED[template](content["kind"]) if name not in roles and content.get(name) is None]


def _content(file: Transaction, company: str, now: float) -> dict[str, Any]:
    parties = [
        {"role": party.role, "name": party.name, "email": party.email, "phone": party.phone} for party in file.parties
    ]
    return file.fields() | {
        "reference": file.reference,
        "parties": parties,
        "company": company,
        "made_at": iso(now),
    }


def _form(row: Row[Any]) -> Form:
    return Form(**{name: getattr(row, name) for name in Form.__slots__})
