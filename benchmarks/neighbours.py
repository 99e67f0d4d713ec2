"""The headline figures beside other servers: FastAPI with the openai SDK, and LiteLLM's proxy.

All of them are asked through `/v1/chat/completions`, which is Léa's slower door, and stand before the same model.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from benchmarks.doors import BareDoor, CompletionsDoor, Door
from benchmarks.load import Shape, Window, steady
from benchmarks.pairs import users
from benchmarks.report import Part, Row, Target, percentile
from benchmarks.servers import LOAD_CORE, ROOT, Server, free_port, lea, relay, started

FASTAPI = "FastAPI + SDK"
LITELLM = "LiteLLM"
BARE = "bare relay"
PYTHON = ROOT / "build" / "bench" / "bin" / "python"
EVERY_S = 0.02
TOKENS = 50
JSON_TOKENS = 8
MASTER_KEY = f"sk-{token_hex(32)}"
"""LiteLLM does not start without one."""
PACED_READERS = 10
"""As many as the slowest of them carries."""
READERS = 32
CHEAPER = {LITELLM: Target(must=15, aim=25, at_least=True)}
MORE_REQUESTS = {LITELLM: Target(must=8, at_least=True)}

Figures = Callable[[Sequence[Window]], list[float]]
DoorTo = Callable[[str, Server, bool], Door]


@dataclass(frozen=True, slots=True)
class Figure:
    """What is read from the windows of a load."""

    what: str
    unit: str
    of: Figures
    targets: dict[str, Target]


def installed() -> bool:
    """Whether `make bench` has installed the others."""
    return PYTHON.exists()


async def run(*, quick: bool) -> Part:
    """All servers in turn at every load."""
    times, seconds = (1, 2.5) if quick else (2, 3)
    spread = TOKENS * EVERY_S
    paced = Shape(PACED_READERS, 2 * seconds, TOKENS, spread=spread, warm=1.2 * spread)
    unpaced = Shape(READERS, 2 * seconds, TOKENS, warm=1)
    whole = Shape(READERS, 2 * seconds, JSON_TOKENS, warm=1)
    name = f"{PACED_READERS} paced streams"
    rows: list[Row] = []
    async with users(READERS) as (folder, keys):
        with _all(folder, tokens=TOKENS, every=EVERY_S) as servers:
            figures = [
                Figure(f"{name}, tokens a CPU second", "/s", _tokens, CHEAPER),
                Figure(f"{name}, CPU a token", "µs", _cost, {}),
                Figure(f"{name}, first token p50", "ms", lambda windows: _first(windows, 50), {}),
                Figure(f"{name}, first token p99", "ms", lambda windows: _first(windows, 99), {}),
            ]
            rows += await _load(servers, keys, paced, times, figures, stream=True)
        with _all(folder, tokens=TOKENS) as servers:
            figures = [Figure(f"{READERS} unpaced streams, tokens a CPU second", "/s", _tokens, {})]
            rows += await _load(servers, keys, unpaced, times, figures, stream=True)
        with _all(folder, tokens=JSON_TOKENS) as servers:
            figures = [Figure("JSON, requests a CPU second", "/s", _requests, MORE_REQUESTS)]
            rows += await _load(servers, keys, whole, times, figures, stream=False)
    notes = [
        f"Paced: {TOKENS} tokens an answer, one every {EVERY_S * 1000:g} ms; JSON: {JSON_TOKENS} tokens an answer.",
        "Léa does here what she always does: sign-in, conversation, durable turn, checkpoints; the others relay.",
        "FastAPI and LiteLLM run on uvloop, one process, without a database; LiteLLM with its master key only.",
    ]
    if not installed():
        notes.append("FASTAPI AND LITELLM ARE NOT INSTALLED: `make bench` installs them into build/bench.")
    return Part("neighbours", "Beside other servers", rows, notes, beside="the other")


async def _load(
    servers: dict[str, Server], keys: list[str], shape: Shape, times: int, figures: list[Figure], *, stream: bool
) -> list[Row]:
    windows: dict[str, list[Window]] = {name: [] for name in servers}
    doors = {name: _door(name, server, keys, stream=stream) for name, server in servers.items()}
    for number in range(times):
        for name in servers if number % 2 == 0 else reversed(servers):
            windows[name].append(await steady(doors[name], servers[name], shape))
    leas = windows.pop("Léa")
    return [
        Row(f"{figure.what}: {name}", figure.unit, figure.of(leas), figure.of(found), target=figure.targets.get(name))
        for figure in figures
        for name, found in windows.items()
    ]


def _door(name: str, server: Server, keys: list[str], *, stream: bool) -> Door:
    if name == BARE:
        return BareDoor(server.url, path="/stream" if stream else "/whole")
    if name == "Léa":
        return CompletionsDoor(server.url, model="lea", stream=stream, keys=keys)
    return CompletionsDoor(server.url, model="scripted", stream=stream, keys=[MASTER_KEY] if name == LITELLM else ())


@contextmanager
def _all(folder: Path, *, tokens: int, every: float = 0) -> Iterator[dict[str, Server]]:
    """Léa, the relay, and the others where they are installed, before one model."""
    with ExitStack() as stack:
        command = ["-m", "benchmarks.whole_model", "--tokens", str(tokens), "--every", str(every)]
        url = stack.enter_context(started(command, folder, core=LOAD_CORE)).url
        servers = {"Léa": stack.enter_context(lea(folder, url)), BARE: stack.enter_context(relay(folder, url))}
        if installed():
            servers[FASTAPI] = stack.enter_context(_fastapi(folder, url))
            servers[LITELLM] = stack.enter_context(_litellm(folder, url))
        yield servers


@contextmanager
def _fastapi(folder: Path, model_url: str) -> Iterator[Server]:
    port = free_port()
    command = ["-m", "uvicorn", "benchmarks.fastapi_relay:app", "--port", str(port), "--no-access-log"]
    with started(command, folder, environ={"MODEL_URL": model_url}, python=str(PYTHON), port=port) as server:
        yield server


@contextmanager
def _litellm(folder: Path, model_url: str) -> Iterator[Server]:
    """JSON is YAML, so that no library is needed to write its configuration."""
    port, file = free_port(), folder / "litellm.yaml"
    params = {"model": "openai/scripted", "api_base": model_url, "api_key": "none"}
    file.write_text(json.dumps({"model_list": [{"model_name": "scripted", "litellm_params": params}]}))
    command = [str(PYTHON.with_name("litellm")), "--config", str(file), "--host", "127.0.0.1", "--port", str(port)]
    environ = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "LITELLM_MASTER_KEY": MASTER_KEY}
    with started(command, folder, environ=environ, python=str(PYTHON), port=port) as server:
        yield server


def _tokens(windows: Sequence[Window]) -> list[float]:
    return [window.tokens / window.cpu for window in windows]


def _cost(windows: Sequence[Window]) -> list[float]:
    return [window.cpu / window.tokens * 1e6 for window in windows]


def _requests(windows: Sequence[Window]) -> list[float]:
    return [window.tokens / JSON_TOKENS / window.cpu for window in windows]


def _first(windows: Sequence[Window], percent: int) -> list[float]:
    return [
        percentile([(answer.first_token - answer.sent) * 1000 for answer in window.answers], percent)
        for window in windows
    ]
