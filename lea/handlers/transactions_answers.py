"""Transactions on the wire: what may be sent, what is answered."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationInfo, field_validator

from lea.clock import iso
from lea.handlers.chat import ClientId
from lea.handlers.doing_answers import ReceiptTold
from lea.handlers.routes import Model
from lea.records.fields import Address, Day, Email, Kind, Name, NoteText, Phone, Priced, Role, Stage, Template
from lea.records.forms import Form
from lea.records.transactions import DAYS, MOST_PARTIES, Note, Party, Transaction
from lea.sentences import Language


class PartyBody(Model):
    role: Role
    name: Name
    email: Email | None = None
    phone: Phone | None = None


class Days(BaseModel):
    mandate_on: Day | None = None
    offer_on: Day | None = None
    agreement_on: Day | None = None
    deed_on: Day | None = None


class TransactionBody(Days, Priced, Model):
    """A new file. `request_id` makes asking twice safe."""

    kind: Kind
    address: Address
    stage: Stage | None = None
    parties: Annotated[list[PartyBody], Field(max_length=MOST_PARTIES)] = []
    request_id: ClientId | None = None


class TransactionChange(Days, Priced, Model):
    """Only what is sent changes; null empties what may be empty. `version` is the one that was looked at."""

    kind: Kind | None = None
    address: Address | None = None
    stage: Stage | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @field_validator("kind", "address", "stage", mode="before")
    @classmethod
    def _never_empty(cls, value: Any, info: ValidationInfo) -> Any:
        if value is None:
            raise ValueError("address_invalid" if info.field_name == "address" else f"{info.field_name}_unknown")
        return value


class NoteBody(Model):
    text: NoteText


class FormBody(Model):
    """`language` is the caller's where none is named."""

    template: Template
    language: Language | None = None


class PartyAnswer(BaseModel):
    id: str
    role: str
    name: str
    email: str | None
    phone: str | None


class NoteAnswer(BaseModel):
    id: str
    text: str
    author_id: str
    author: str
    created_at: str


class FormSummary(BaseModel):
    id: str
    transaction_id: str
    template: str
    language: str
    missing: list[str]
    author_id: str
    created_at: str


class FormAnswer(FormSummary):
    content: dict[str, object]


class Coordinates(BaseModel):
    latitude: float
    longitude: float


class TransactionAnswer(BaseModel):
    id: str
    reference: str
    kind: str
    stage: str
    address: str
    price: str | None
    currency: str | None
    mandate_on: str | None
    offer_on: str | None
    agreement_on: str | None
    deed_on: str | None
    coordinates: Coordinates | None
    geocoding: str
    version: int
    created_at: str
    updated_at: str
    parties: list[PartyAnswer]


class WholeTransaction(TransactionAnswer):
    notes: list[NoteAnswer]
    forms: list[FormSummary]
    receipts: list[ReceiptTold]


class TransactionPage(BaseModel):
    transactions: list[TransactionAnswer]
    total: int
    next_cursor: str | None


def transaction_answer(file: Transaction) -> dict[str, object]:
    known = file.latitude is not None and file.longitude is not None
    return {
        "id": file.id,
        "reference": file.reference,
        "kind": file.kind,
        "stage": file.stage,
        "address": file.address,
        "price": file.price,
        "currency": file.currency,
        **{name: getattr(file, name) for name in DAYS},
        "coordinates": {"latitude": file.latitude, "longitude": file.longitude} if known else None,
        "geocoding": file.geocoding,
        "version": file.version,
        "created_at": iso(file.created_at),
        "updated_at": iso(file.updated_at),
        "parties": [party_answer(party) for party in file.parties],
    }


def party_answer(party: Party) -> dict[str, object]:
    return {"id": party.id, "role": party.role, "name": party.name, "email": party.email, "phone": party.phone}


def note_answer(note: Note) -> dict[str, object]:
    return {
        "id": note.id,
        "text": note.text,
        "author_id": note.author_id,
        "author": note.author,
        "created_at": iso(note.created_at),
    }


def form_summary(form: Form) -> dict[str, object]:
    return {
        "id": form.id,
        "transaction_id": form.transaction_id,
        "template": form.template,
        "language": form.language,
        "missing": form.missing,
        "author_id": form.author_id,
        "created_at": iso(form.created_at),
    }


def form_answer(form: Form) -> dict[str, object]:
    return form_summary(form) | {"content": form.content}
