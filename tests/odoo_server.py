"""A stand-in of Odoo's `/jsonrpc`: databases, users, rights, models with records, domains in Polish notation.

What goes wrong inside Odoo is told with status 200 and an `error` object, as Odoo does.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from aiohttp import web

from tests.faulty_app import FaultyApp

DATABASE, USER, KEY = "agence", "lea@agence.example", "0123456789abcdef0123456789abcdef01234567"
UID = 7
OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda left, right: left == right,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}


class OdooError(Exception):
    """`name` is the exception's full name."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class OdooServer(FaultyApp):
    """`models` maps a model's name to its records; `key` may be changed, `readable` taken away."""

    def __init__(self) -> None:
        super().__init__()
        self.key = KEY
        self.readable = {"account.move", "account.bank.statement.line"}
        self.models: dict[str, list[dict[str, Any]]] = {name: [] for name in self.readable}
        self.asked: list[tuple[str, str]] = []
        self.logins = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["OdooServer"]:
        app = web.Application()
        app.router.add_post("/jsonrpc", self._answer)
        async with self.serving(app):
            yield self

    def bill(self, number: int, state: str = "draft", payment: str = "not_paid", **values: Any) -> dict[str, Any]:
        """Add a supplier's bill; newer with every number."""
        usual = {
            "move_type": "in_invoice", "state": state, "payment_state": payment, "name": f"BILL/{number}",
            "ref": f"F-{number}", "partner_id": [9, "Azur SARL"], "amount_total": 120.4, "currency_id": [1, "EUR"],
            "invoice_date_due": "2026-12-01",
        }  # fmt: skip
        return self._add("account.move", number, usual | values)

    def line(self, number: int, *, reconciled: bool = False, **values: Any) -> dict[str, Any]:
        """Add a line of a bank statement."""
        usual = {
            "is_reconciled": reconciled, "payment_ref": f"VIR {number}", "partner_id": False, "amount": -12.5,
            "currency_id": [1, "EUR"],
        }  # fmt: skip
        return self._add("account.bank.statement.line", number, usual | values)

    def _add(self, model: str, number: int, values: dict[str, Any]) -> dict[str, Any]:
        moment = f"2026-11-{1 + number // 1440 % 28:02d} {number // 60 % 24:02d}:{number % 60:02d}:00"
        record = {"id": number, "create_date": moment, "write_date": moment, **values}
        self.models[model].append(record)
        return record

    async def _answer(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return web.Response(status=400, text="<h1>Bad Request</h1>")
        body = await request.json()
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": body["id"]}
        try:
            answer["result"] = self._dispatch(**body["params"])
        except OdooError as error:
            data = {"name": error.name, "message": str(error), "arguments": [str(error)], "context": {}, "debug": "…"}
            answer["error"] = {"code": 200, "message": "Odoo Server Error", "data": data}
        return web.json_response(answer)

    def _dispatch(self, service: str, method: str, args: list[Any]) -> Any:
        if args[0] != DATABASE:
            raise OdooError("psycopg2.OperationalError", f'database "{args[0]}" does not exist')
        if (service, method) == ("common", "authenticate"):
            self.logins += 1
            _, user, key, environment = args
            assert environment == {}
            return UID if (user, key) == (USER, self.key) else False
        assert (service, method) == ("object", "execute_kw"), (service, method)
        return self._execute(*args[1:])

    def _execute(
        self, uid: int, key: str, model: str, method: str, positional: list[Any], named: dict[str, Any]
    ) -> Any:
        self.asked.append((model, method))
        if (uid, key) != (UID, self.key):
            raise OdooError("odoo.exceptions.AccessDenied", "Access Denied")
        if model not in self.readable:
            raise OdooError("odoo.exceptions.AccessError", f"You are not allowed to access '{model}' records.")
        records = [record for record in self.models[model] if matches(positional[0], record)]
        if method == "search_count":
            return len(records)
        assert method == "search_read"
        assert named["order"] == "write_date desc, id desc"
        records.sort(key=lambda record: (record["write_date"], record["id"]), reverse=True)
        return [{field: record[field] for field in named["fields"]} for record in records[: named["limit"]]]


def matches(domain: list[Any], record: Mapping[str, Any]) -> bool:
    """Leaves that follow each other are joined by `&`; `|` and `&` take the two that follow them."""
    tokens = list(domain)

    def take() -> bool:
        token = tokens.pop(0)
        if token in ("|", "&"):
            left, right = take(), take()
            return left or right if token == "|" else left and right
        field, operator, value = token
        return OPERATORS[operator](record[field], value)

    found = [True]
    while tokens:
        found.append(take())
    return all(found)
