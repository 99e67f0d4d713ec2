"""The examples of docs/client.md: each is run against a real server and prints what the page says."""

import ast
import asyncio
import inspect
import io
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lea.client import LeaClient
from tests import catalog_files as files
from tests import voice_files
from tests.lea_server import Lea, Person
from tests.model_server import Answer, Call, ModelServer
from tests.test_actions import with_files
from tests.test_process import ROOT

EXAMPLE = re.compile(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CONSENT = "confirmations.approve"


async def run(example: str, lea: LeaClient) -> str:
    """What it prints; the server in this process writes its log to the same standard output."""
    printed = io.StringIO()
    code = compile(example, "docs/client.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    names: dict[str, Any] = {"lea": lea, "print": partial(print, file=printed)}
    if "asyncio.run" in example:
        await asyncio.to_thread(exec, code, names)
        return printed.getvalue()
    told = eval(code, names)  # a coroutine where the example awaits at its top level
    if inspect.isawaitable(told):
        await told
    return printed.getvalue()


async def test_every_example_does_and_prints_what_the_page_says(
    lea: Lea,
    ada: Person,
    model: ModelServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = (ROOT / "docs" / "client.md").read_text()
    examples = EXAMPLE.findall(page)
    assert len(examples) == page.count("```python") >= 6
    key = ada.headers["Authorization"].removeprefix("Bearer ")
    monkeypatch.setenv("LEA_KEY", key)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mobilier.csv").write_bytes(files.FURNITURE.read_bytes())
    (tmp_path / "question.wav").write_bytes(voice_files.wav(2))
    await with_files(lea, ada)
    async with asyncio.timeout(100), LeaClient(lea.url, key=key) as client:
        for example, printed in examples:
            if CONSENT in example:
                call = Call("add_note", '{"transaction": "T-104", "text": "une note"}')
                model.script(Answer("", pieces=("Bon.",), calls=(call,)))
            told = await run(example.replace("http://127.0.0.1:8080", lea.url), client)
            assert told == printed, example
