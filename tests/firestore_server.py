"""A stand-in of Firestore's REST interface and of Google's token endpoint, which believes what is really signed."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.faulty_app import FaultyApp

PROJECT, COLLECTION, EMAIL = "agence-1", "jobs", "lea@agence-1.iam.gserviceaccount.com"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ROOT = f"/v1/projects/{PROJECT}/databases/(default)/documents"


class FirestoreServer(FaultyApp):
    """`documents` maps ids to fields; `tokens` are those that are good, newest last."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: dict[str, dict[str, Any]] = {}
        self.tokens: list[str] = []
        self.lasts = 3600
        self.queries: list[str] = []
        self.refused = 0
        self._key = RSAKey.generate_key(2048)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FirestoreServer"]:
        app = web.Application()
        app.router.add_post("/token", self._token)
        app.router.add_post(ROOT + ":{method}", self._query)
        async with self.serving(app):
            yield self

    def key_file(self, folder: Path) -> str:
        """As Google's console gives it."""
        file = folder / "account.json"
        values = {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "k1",
            "private_key": self._key.as_pem(private=True).decode(),
            "client_email": EMAIL,
            "token_uri": f"{self.url}/token",
        }
        file.write_text(json.dumps(values))
        return str(file)

    def job(self, name: str, department: str, state: str, moment: str, **fields: Any) -> None:
        """Add a document; `moment` is RFC 3339."""
        self.documents[name] = {
            "department": {"stringValue": department},
            "state": {"stringValue": state},
            "title": {"stringValue": f"Tâche {name}"},
            "updated_at": {"timestampValue": moment},
            **fields,
        }

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert form["grant_type"] == GRANT
        claims = jwt.decode(str(form["assertion"]), self._key, ["RS256"]).claims
        now = time.time()
        good = claims["aud"] == f"{self.url}/token" and claims["iss"] == EMAIL and claims["iat"] - 5 <= now
        if not good or claims["exp"] > now + 3605 or claims["scope"] != "https://www.googleapis.com/auth/datastore":
            return web.json_response({"error": "invalid_grant", "error_description": "Invalid JWT"}, status=400)
        self.tokens.append(f"ya29.{len(self.tokens)}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": self.lasts, "token_type": "Bearer"})

    async def _query(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.queries.append(method)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            self.refused += 1
            error = {"code": 401, "message": "Request had invalid credentials.", "status": "UNAUTHENTICATED"}
            return web.json_response([{"error": error}], status=401)
        body = await request.json()
        if method == "runQuery":
            return web.json_response(self._found(body["structuredQuery"]))
        assert method == "runAggregationQuery"
        asked = body["structuredAggregationQuery"]
        (aggregation,) = asked["aggregations"]
        filters = asked["structuredQuery"]["where"]["compositeFilter"]["filters"]
        counted = sum(_fits(filters, fields) for fields in self.documents.values())
        result = {"aggregateFields": {aggregation["alias"]: {"integerValue": str(counted)}}}
        return web.json_response([{"result": result, "readTime": "2026-11-21T10:00:00.000000Z"}])

    def _found(self, query: dict[str, Any]) -> list[dict[str, Any]]:
        """A document without the field of the order is not in the index, and so not found."""
        assert query["from"] == [{"collectionId": COLLECTION}]
        (order,) = query["orderBy"]
        assert order["direction"] == "DESCENDING"
        path = order["field"]["fieldPath"]
        names = [name for name, fields in self.documents.items() if path in fields]
        names.sort(key=lambda name: str(self.documents[name][path].get("timestampValue", "")), reverse=True)
        read_at = "2026-11-21T10:00:00.000000Z"
        found = [
            {
                "document": {
                    "name": f"projects/{PROJECT}/databases/(default)/documents/{COLLECTION}/{name}",
                    "fields": self.documents[name],
                    "createTime": "2026-11-01T08:00:00.123456Z",
                    "updateTime": read_at,
                },
                "readTime": read_at,
            }
            for name in names[: query["limit"]]
        ]
        return found or [{"readTime": read_at}]


def _fits(filters: list[dict[str, Any]], fields: dict[str, Any]) -> bool:
    asked = [one["fieldFilter"] for one in filters]
    assert all(one["op"] == "EQUAL" for one in asked)
    return all(fields.get(one["field"]["fieldPath"]) == one["value"] for one in asked)
