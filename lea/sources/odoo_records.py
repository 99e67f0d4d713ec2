"""What a record of Odoo says about a job; its fields are whatever a customised Odoo sends, and none is certain."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from lea.sources.foreign import title_of
from lea.sources.source import OPEN_STATES, JobSummary

Record = Any
Domain = list[Any]
MOST_CENTS: Final = 10**15
UNPAID: Final = ["not_paid", "partial", "blocked"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A model whose records are jobs of a department; `states` are domains that part `all` of them."""

    model: str
    department: str
    label: str
    fields: tuple[str, ...]
    all: Domain
    states: Mapping[str, Domain]
    open: Domain
    over: Domain
    state: Callable[[Mapping[str, Any]], str | None]
    names: tuple[str, ...]
    amount: str
    due: str | None

    def page(self, *, open_ones: bool) -> Domain:
        """The records that still have to be done, or the others."""
        return [*self.all, *(self.open if open_ones else self.over)]


def _bill_state(record: Mapping[str, Any]) -> str | None:
    state, payment = record.get("state"), record.get("payment_state")
    if state == "draft":
        return "to_process"
    if state == "cancel":
        return "failed"
    if state != "posted":
        return None
    if payment in UNPAID:
        return "pending"
    return "in_process" if payment == "in_payment" else "done"


def _line_state(record: Mapping[str, Any]) -> str | None:
    reconciled = record.get("is_reconciled")
    return None if not isinstance(reconciled, bool) else "done" if reconciled else "to_process"


COMMON: Final = ("id", "partner_id", "currency_id", "create_date", "write_date")
SETTLED: Final = ["payment_state", "not in", [*UNPAID, "in_payment"]]
POSTED: Final = ["state", "=", "posted"]
BILLS: Final = Kind(
    model="account.move",
    department="apbookkeeper",
    label="bill",
    fields=(*COMMON, "name", "ref", "state", "payment_state", "amount_total", "invoice_date_due"),
    all=[["move_type", "=", "in_invoice"]],
    states={
        "to_process": [["state", "=", "draft"]],
        "in_process": [POSTED, ["payment_state", "=", "in_payment"]],
        "pending": [POSTED, ["payment_state", "in", UNPAID]],
        "done": [POSTED, SETTLED],
        "failed": [["state", "=", "cancel"]],
    },
    open=["|", ["state", "=", "draft"], "&", POSTED, ["payment_state", "in", [*UNPAID, "in_payment"]]],
    over=["|", ["state", "=", "cancel"], "&", POSTED, SETTLED],
    state=_bill_state,
    names=("partner_id", "ref", "name"),
    amount="amount_total",
    due="invoice_date_due",
)
LINES: Final = Kind(
    model="account.bank.statement.line",
    department="bank",
    label="line",
    fields=(*COMMON, "payment_ref", "is_reconciled", "amount"),
    all=[],
    states={"to_process": [["is_reconciled", "=", False]], "done": [["is_reconciled", "=", True]]},
    open=[["is_reconciled", "=", False]],
    over=[["is_reconciled", "=", True]],
    state=_line_state,
    names=("partner_id", "payment_ref"),
    amount="amount",
    due=None,
)
KINDS: Final = (BILLS, LINES)


def job_of(kind: Kind, record: Record) -> JobSummary | None:
    """None for what is no record, or is in a state nobody knows."""
    number = record.get("id") if isinstance(record, dict) else None
    state = None if number is None else kind.state(record)
    if isinstance(number, bool) or not isinstance(number, int) or state is None:
        return None
    cents, currency = amount_cents(record.get(kind.amount)), currency_of(record.get("currency_id"))
    priced = cents is not None and currency is not None
    changed = moment(record.get("write_date")) or 0.0
    return JobSummary(
        id=f"odoo.{kind.label}.{number}",
        department=kind.department,
        state=state,
        title=title_of(name_of(record.get(name)) for name in kind.names),
        updated_at=changed,
        source="odoo",
        created_at=moment(record.get("create_date")) or changed,
        amount_cents=cents if priced else None,
        currency=currency if priced else None,
        due_at=moment(record.get(kind.due)) if kind.due and state in OPEN_STATES else None,
    )


def name_of(value: Any) -> Any:
    """The name in `[id, name]`, which is how a related record is written, or the text itself; False is nothing."""
    return value[1] if isinstance(value, list) and len(value) == 2 else value


def currency_of(value: Any) -> str | None:
    """`EUR`: the name of a currency in Odoo is its code."""
    name = name_of(value)
    return name if isinstance(name, str) and len(name) == 3 and name.isascii() and name.isupper() else None


def amount_cents(value: Any) -> int | None:
    """Odoo's numbers are floats."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    cents = int((Decimal(str(value)) * 100).to_integral_value())
    return cents if abs(cents) <= MOST_CENTS else None


def moment(value: Any) -> float | None:
    """`2026-11-21 10:00:00` and `2026-11-21`, both UTC."""
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    try:
        return parsed.replace(tzinfo=UTC).timestamp()
    except (OverflowError, ValueError):
        return None
