"""Killed at every named point of a turn: what is left is what the point promises, and asking again makes it whole."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from lea import faults
from tests.lea_server import Reading, Told, running, settings
from tests.model_server import Answer, ModelServer
from tests.test_process import start, started

TEXT = " ".join(f"mot{number}" for number in range(120))
LONG = " ".join(f"mot{number}" for number in range(4_000))
IN_MID_ANSWER = {"delta.told": 60, "checkpoint.saving": 2, "checkpoint.saved": 2}
TIMES = dict.fromkeys(faults.POINTS, 1) | IN_MID_ANSWER
"""In mid-answer: by then there are checkpoints. What a busy server reads at once it tells at once, so that a text of as
many words as that may end in fewer deltas, and before its second checkpoint: in mid-answer the model has much more to
say. The first checkpoint may be of a model that has said nothing yet, and was hardly asked."""

LEFT = {
    "turn.started": set(),
    "turn.beginning": set(),
    "turn.begun": {"interrupted"},
    "model.asked": {"interrupted"},
    "delta.told": {"interrupted"},
    "checkpoint.saving": {"interrupted"},
    "checkpoint.saved": {"interrupted"},
    "turn.answered": {"interrupted"},
    "turn.ending": {"interrupted"},
    "turn.saved": {"completed"},
    "turn.told": {"completed"},
}
"""States a turn may be found in after the next start; empty: the message never was."""


async def _ask(session: ClientSession, url: str, bearer: dict[str, str]) -> Told:
    body = {"message": "Compte", "session_id": "s1", "request_id": "r1"}
    told = Told()
    with suppress(ClientError):
        async with session.post(url + "/v1/lea/chat/stream", json=body, headers=bearer) as response:
            reading = Reading(response)
            told = reading.told
            await reading.rest()
    return told


@pytest.mark.parametrize("point", faults.POINTS)
async def test_a_kill_at_this_point_leaves_what_it_promises(tmp_path: Path, model: ModelServer, point: str) -> None:
    text = LONG if point in IN_MID_ANSWER else TEXT
    model.default = Answer(text, every=0.005)
    address = {"LEA_LLM__BASE_URL": model.url}
    async with running(settings(tmp_path)) as lea:
        bearer = (await lea.person()).headers
    program = ("-m", "tests.dying_server", point, str(TIMES[point]))
    dying = await start(tmp_path, program=program, **address)
    async with ClientSession() as session:
        told = await _ask(session, dying.url, bearer)
    assert await dying.process.wait() == -9
    async with started(tmp_path, **address) as server, ClientSession() as session:
        sent = "" if not model.exchanges else "".join(model.exchanges[0].sent)
        asked = len(model.exchanges)
        async with session.get(server.url + "/v1/lea/threads/s1", headers=bearer) as response:
            thread = await response.json()
        again = await _ask(session, server.url, bearer)
    if not LEFT[point]:
        assert response.status == 404
        assert told.text == ""
        assert (again.text, again.done["finish_reason"]) == (text, "stop")
        return
    assert asked == 1 or (asked == 0 and point == "turn.begun")
    assert len(model.exchanges) == asked, "asking again must not ask the model again"
    question, answer = thread["messages"]
    assert question["content"] == "Compte"
    assert text.startswith(answer["content"])
    assert sent.startswith(answer["content"])
    if LEFT[point] == {"completed"}:
        assert answer["content"] == text
        assert (again.text, again.done["finish_reason"]) == (text, "stop")
    else:
        assert answer["finish_reason"] == "interrupted"
        assert again.text == answer["content"]
        assert again.done["finish_reason"] == "interrupted"
    assert thread["live_turn_id"] is None


async def test_every_point_is_passed_by_an_ordinary_turn(tmp_path: Path, model: ModelServer) -> None:
    passed: list[str] = []
    faults.arm(passed.append)
    try:
        gate = asyncio.Semaphore(1)
        model.script(Answer("un deux", gate=gate))
        async with running(settings(tmp_path, llm={"base_url": model.url})) as lea:
            ada = await lea.person()
            async with ada.reading("Compte") as reading:
                await reading.until("delta")
                async with asyncio.timeout(30):
                    while "checkpoint.saved" not in passed:
                        await asyncio.sleep(0.01)
                gate.release()
                await reading.rest()
            async with asyncio.timeout(30):
                while "turn.told" not in passed:
                    await asyncio.sleep(0.01)
    finally:
        faults.disarm()
    assert set(passed) == set(faults.POINTS)
