"""A scheduled ask goes on where its process died, at any point: it is asked once, and answered in the end."""

import asyncio
import os
import time
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from lea import faults
from tests.lea_server import Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.schedule_parts import MONDAY, PARIS, made, said, settled
from tests.test_process import start

ALL = (*faults.SCHEDULE_POINTS, "turn.begun", "model.asked")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
POINTS = ALL if os.environ.get("LEA_SOAK") else ("schedule.begun", "model.asked", "schedule.asked")


async def due_now(folder: Path) -> tuple[Person, str, str]:
    """What was due ten seconds ago, while no server was there."""
    async with running(settings(folder)) as lea:
        ada = await lea.person()
        new = await made(ada, days=[DAYS[(datetime.now(PARIS).weekday() + 3) % 7]])  # not due again meanwhile
        statement = "UPDATE schedules SET next_at = ?"
        values = (time.time() - 10,)
        await lea.store.write(lambda connection: connection.exec_driver_sql(statement, values).close())
    return ada, new["id"], new["thread_id"]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_at_this_point_it_is_asked_once_and_answered(
    tmp_path: Path, model: ModelServer, point: str
) -> None:
    ada, schedule_id, thread_id = await due_now(tmp_path)
    model.default = Answer("Trois factures.")
    program = ("-m", "tests.dying_server", point, "1")
    dying = await start(tmp_path, program=program, LEA_LLM__BASE_URL=model.url, LEA_RUNS__RETRY_PAUSE="0.01")
    async with asyncio.timeout(60):
        assert await dying.process.wait() == -9
    sections = {"llm": {"base_url": model.url}, "runs": {"retry_pause": 0.05}}
    async with running(settings(tmp_path, **sections)) as lea, ClientSession() as session:
        key = ada.headers["Authorization"].removeprefix("Bearer ")
        again = Person(session, lea.url, ada.identity, key)
        done = await settled(again, schedule_id)
        assert (done["last"]["result"], done["state"]) == ("answered", "active")
        assert await said(again, thread_id) == [("user", MONDAY["text"]), ("assistant", "Trois factures.")]
        async with asyncio.timeout(30):  # the run ends a moment after its job has told
            while (runs := await lea.sql("SELECT state, jobs_completed FROM runs")) == [("running", 1)]:
                await asyncio.sleep(0.02)
        assert runs == [("completed", 1)]


async def test_an_answer_a_leaving_server_cut_is_given_by_the_next(tmp_path: Path, model: ModelServer) -> None:
    ada, schedule_id, thread_id = await due_now(tmp_path)
    model.script(Answer("Trois factures, dont deux en retard.", every=60))
    async with running(settings(tmp_path, llm={"base_url": model.url})):
        await model.exchange(0)
    model.default = Answer("Trois factures.")
    sections = {"llm": {"base_url": model.url}, "runs": {"retry_pause": 0.05}}
    async with running(settings(tmp_path, **sections)) as lea, ClientSession() as session:
        key = ada.headers["Authorization"].removeprefix("Bearer ")
        again = Person(session, lea.url, ada.identity, key)
        assert (await settled(again, schedule_id))["last"]["result"] == "answered"
        assert await said(again, thread_id) == [("user", MONDAY["text"]), ("assistant", "Trois factures.")]
