"""The catalogue on the wire: what may be sent, what is answered."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, field_validator

from lea.clock import iso
from lea.handlers.routes import Model
from lea.records.fields import Name, Priced
from lea.records.file import written
from lea.runs.catalog.products import LONGEST
from lea.sentences import Language, sentence
from lea.store.catalog import Row

Text = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
Short = Annotated[Text, Field(min_length=1, max_length=LONGEST["category"], pattern=r"^[^\x00-\x1f]*$")]
Long = Annotated[Text, Field(min_length=1, max_length=LONGEST["supplier_text"], pattern=r"^[^\x00]*$")]
ImportId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,64}$")]
ItemId = ImportId


class ExtractBody(Model):
    """`mapping` is from field to column, where the guess was wrong."""

    import_id: ImportId
    mapping: Annotated[dict[str, str], Field(min_length=1, max_length=9)] | None = None


class ItemBody(Priced, Model):
    """Only what is sent changes; null empties what may be empty. `version` is the one that was looked at."""

    name: Name | None = None
    dimensions: Short | None = None
    material: Short | None = None
    colour: Short | None = None
    category: Short | None = None
    supplier_text: Long | None = None
    description: Long | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    @field_validator("name", mode="before")
    @classmethod
    def _never_empty(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("name_missing")
        return value


class ImportSummary(BaseModel):
    import_id: str
    name: str
    media: str
    bytes: int
    created_at: str


class ImportAnswer(ImportSummary):
    columns: list[str]
    mapping: dict[str, str]
    confidence: float
    left: list[str]
    rows_seen: int
    sample: list[dict[str, Any]]


class ImportPage(BaseModel):
    imports: list[ImportSummary]
    next_cursor: str | None


class RunStarted(BaseModel):
    run_id: str


class ItemAnswer(BaseModel):
    id: str
    reference: str
    name: str
    price: str | None
    currency: str | None
    dimensions: str | None
    material: str | None
    colour: str | None
    category: str | None
    supplier_text: str | None
    description: str | None
    attributes: Any
    confidence: float | None
    enriched_by: str | None
    import_id: str | None
    run_id: str | None
    line: int | None
    version: int
    created_at: str
    updated_at: str


class ItemPage(BaseModel):
    items: list[ItemAnswer]
    total: int
    next_cursor: str | None


class RejectAnswer(BaseModel):
    line: int | None
    code: str
    message: str
    detail: str
    raw: dict[str, str] | None


class RejectPage(BaseModel):
    rejects: list[RejectAnswer]
    next_cursor: str | None


SAME = tuple(name for name in ItemAnswer.model_fields if name not in {"price", "created_at", "updated_at"})


def import_summary(row: Row[Any]) -> dict[str, object]:
    return {
        "import_id": row.id,
        "name": row.name,
        "media": row.media,
        "bytes": row.bytes,
        "created_at": iso(row.created_at),
    }


def item_answer(row: Row[Any]) -> dict[str, object]:
    same = {name: getattr(row, name) for name in SAME}
    times = {"created_at": iso(row.created_at), "updated_at": iso(row.updated_at)}
    return same | {"price": written(row.price_cents)} | times


def reject_answer(row: Row[Any], language: Language) -> dict[str, object]:
    return {
        "line": row.line,
        "code": row.code,
        "message": sentence(row.code, language),
        "detail": row.detail,
        "raw": row.raw,
    }


def sampled(one: dict[str, Any], language: Language) -> dict[str, Any]:
    """A product of the preview as it will be saved, or why it will not be."""
    if "code" in one:
        return one | {"message": sentence(one["code"], language)}
    price_cents = one.pop("price_cents")
    return one | {"price": written(price_cents)}
