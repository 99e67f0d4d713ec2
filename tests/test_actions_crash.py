"""Killed at every step around a write: afterwards it has happened with its receipt, or not at all, and never twice."""

import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession

from lea import faults
from lea.records.sample import load_sample
from tests.lea_server import Reading, running, settings
from tests.model_server import Answer, Call, ModelServer
from tests.test_process import start, started

CREATE = "crée une transaction pour l'achat du 12 rue de la Paix à Paris, vendeur Mme Roy"
MOVE = Call("move_transaction", json.dumps({"transaction": "T-104", "stage": "offer"}))
VAGUE = "Le vendeur de la rue de la Paix accepte, fais le nécessaire"

WRITING = ("action.starting", "action.writing", "action.recording", "action.recorded")
ASKING = ("confirmation.asking", "confirmation.asked")
DECIDING = ("confirmation.deciding", "action.writing", "action.recording", "confirmation.decided")
UNDOING = ("action.undoing", "action.undone")


class Server:
    """A company with files, whose server dies at a point and is started again."""

    def __init__(self, folder: Path, model: ModelServer) -> None:
        self.folder = folder
        self.address = {"LEA_LLM__BASE_URL": model.url}
        self.headers: dict[str, str] = {}

    async def prepare(self) -> None:
        async with running(settings(self.folder)) as lea:
            ada = await lea.person()
            now = lea.store_now()
            await lea.store.write(lambda connection: load_sample(connection, ada.identity.company_id, now))
            self.headers = ada.headers

    async def dies_at(self, point: str, method: str, path: str, body: object) -> None:
        """A request during which the process is killed."""
        dying = await start(self.folder, program=("-m", "tests.dying_server", point, "1"), **self.address)
        async with ClientSession() as session:
            with suppress(ClientError):
                async with session.request(method, dying.url + path, json=body, headers=self.headers) as response:
                    await response.read()
        assert await dying.process.wait() == -9

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self.folder / "lea.db") as connection:
            return connection.execute(statement).fetchall()

    def made(self) -> tuple[int, int]:
        """New files, and receipts that stand."""
        files = self.sql("SELECT count(*) FROM transactions WHERE reference = 'T-115'")
        receipts = self.sql("SELECT count(*) FROM action_calls WHERE state = 'succeeded'")
        return files[0][0], receipts[0][0]

    def stage(self) -> str:
        return str(self.sql("SELECT stage FROM transactions WHERE reference = 'T-104'")[0][0])


@pytest.fixture
async def server(tmp_path: Path, model: ModelServer) -> Server:
    made = Server(tmp_path, model)
    await made.prepare()
    return made


async def call(session: ClientSession, url: str, headers: dict[str, str], path: str, body: object = None) -> Any:
    method = "GET" if body is None else "POST"
    async with session.request(method, url + path, json=body, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def stream(session: ClientSession, url: str, headers: dict[str, str], path: str, body: object) -> Any:
    async with session.post(url + path, json=body, headers=headers) as response:
        assert response.status == 200, await response.text()
        return await Reading(response).rest()


@pytest.mark.parametrize("point", WRITING)
async def test_a_write_and_its_receipt_are_there_together_and_once(server: Server, point: str) -> None:
    body = {"message": CREATE, "session_id": "s1", "request_id": "r1"}
    await server.dies_at(point, "POST", "/v1/lea/chat/stream", body)
    assert server.made() == ((1, 1) if point == "action.recorded" else (0, 0))
    async with started(server.folder, **server.address) as lea, ClientSession() as session:
        told = await stream(session, lea.url, server.headers, "/v1/lea/chat/stream", body)
        assert told.done["finish_reason"] == "interrupted"
        again = "/v1/lea/threads/s1/regenerate"
        assert (await stream(session, lea.url, server.headers, again, {})).done["finish_reason"] == "action"
        assert (await stream(session, lea.url, server.headers, again, {})).done["finish_reason"] == "action"
    assert server.made() == (1, 1)


@pytest.mark.parametrize("point", ASKING)
async def test_a_question_is_saved_before_it_is_shown(server: Server, model: ModelServer, point: str) -> None:
    model.script(Answer("", pieces=("Bon.",), calls=(MOVE,)))
    await server.dies_at(point, "POST", "/v1/lea/chat/stream", {"message": VAGUE, "session_id": "s1"})
    async with started(server.folder, **server.address) as lea, ClientSession() as session:
        asked = (await call(session, lea.url, server.headers, "/v1/lea/confirmations"))["confirmations"]
        assert len(asked) == (1 if point == "confirmation.asked" else 0)
        for one in asked:
            path = f"/v1/lea/confirmations/{one['id']}"
            decided = await call(session, lea.url, server.headers, path, {"decision": "approve"})
            assert decided["action"]["state"] == "succeeded"
    assert server.stage() == ("offer" if point == "confirmation.asked" else "mandate")


@pytest.mark.parametrize("point", DECIDING)
async def test_a_decision_and_its_effect_are_one(server: Server, model: ModelServer, point: str) -> None:
    model.script(Answer("", pieces=("Bon.",), calls=(MOVE,)))
    async with started(server.folder, **server.address) as lea, ClientSession() as session:
        body = {"message": VAGUE, "session_id": "s1"}
        await stream(session, lea.url, server.headers, "/v1/lea/chat/stream", body)
        asked = (await call(session, lea.url, server.headers, "/v1/lea/confirmations"))["confirmations"]
    path = f"/v1/lea/confirmations/{asked[0]['id']}"
    await server.dies_at(point, "POST", path, {"decision": "approve"})
    assert server.stage() == ("offer" if point == "confirmation.decided" else "mandate")
    async with started(server.folder, **server.address) as lea, ClientSession() as session:
        decided = await call(session, lea.url, server.headers, path, {"decision": "approve"})
        assert decided["action"]["state"] == "succeeded"
        after = f"/v1/lea/threads/s1/stream?after={decided['turn_id']}:0"
        async with session.get(lea.url + after, headers=server.headers) as response:
            told = await Reading(response).rest()
        assert told.done["finish_reason"] == "action"
        thread = await call(session, lea.url, server.headers, "/v1/lea/threads/s1")
    assert server.stage() == "offer"
    assert len(server.sql("SELECT 1 FROM action_calls")) == 1
    assert [len(message["actions"]) for message in thread["messages"]] == [0, 0, 0, 1]


@pytest.mark.parametrize("point", UNDOING)
async def test_taking_back_is_whole_too(server: Server, point: str) -> None:
    async with started(server.folder, **server.address) as lea, ClientSession() as session:
        body = {"message": "passe T-104 à l'offre", "session_id": "s1"}
        await stream(session, lea.url, server.headers, "/v1/lea/chat/stream", body)
    key = server.sql("SELECT id FROM action_calls")[0][0]
    await server.dies_at(point, "POST", f"/v1/lea/actions/{key}/undo", {})
    assert server.stage() == ("mandate" if point == "action.undone" else "offer")
    async with started(server.folder, **server.address) as lea, ClientSession() as session:
        undone = await call(session, lea.url, server.headers, f"/v1/lea/actions/{key}/undo", {})
        assert undone["action"]["state"] == "undone"
    assert server.stage() == "mandate"


def test_every_point_has_its_test() -> None:
    tested = {*WRITING, *ASKING, *DECIDING, *UNDOING}
    assert tested == {*faults.ACTION_POINTS} - {"action.performed"}, "that one is in test_outside.py"
