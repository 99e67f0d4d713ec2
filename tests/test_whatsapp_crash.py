"""Killed between keeping, taking, answering and sending: afterwards everything is answered once."""

from contextlib import suppress
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession

from tests.graph_server import GraphServer, text, webhook
from tests.lea_server import running, settings
from tests.model_server import ModelServer
from tests.test_process import start
from tests.test_whatsapp import hurry
from tests.whatsapp_line import NUMBER, graph, idle, link, post, rows, sent


@pytest.mark.parametrize(("point", "messages"), [("whatsapp.kept", 1), ("whatsapp.sent", 2)])
async def test_killed_between_it_is_answered_after_the_next_start(
    tmp_path: Path, model: ModelServer, graph: GraphServer, point: str, messages: int
) -> None:
    """Only who dies in the moment after sending sends once more: nobody noted that it went out, and no status came."""
    config = settings(tmp_path, llm={"base_url": model.url}, whatsapp=graph.settings)
    async with running(config) as lea:
        ada = await lea.person(role="admin")
        await link(ada, ada)
    environ = {f"LEA_WHATSAPP__{name.upper()}": str(value) for name, value in graph.settings.items()}
    program = ("-m", "tests.dying_server", point, "1")
    dying = await start(tmp_path, program=program, LEA_LLM__BASE_URL=model.url, **environ)
    async with ClientSession() as session:
        with suppress(ClientError):
            await post(session, dying.url, webhook(messages=[text("1", NUMBER, "Bonjour")]))
        assert await dying.process.wait() == -9
    async with running(config) as lea:
        assert await post(lea.session, lea.url, webhook(messages=[text("1", NUMBER, "Bonjour")])) == 200
        if messages == 2:
            await hurry(lea)
        await sent(graph, messages)
        await idle(lea)
        assert (len(graph.sent), len(model.exchanges)) == (messages, 1)
        assert len({str(one.body) for one in graph.sent}) == 1
        assert await rows(lea, "state", "out") == [("sent",)]
