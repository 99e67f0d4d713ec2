"""Requests a second of the JSON chat, beside a relay that reads the model's answer whole and forwards it."""

from collections.abc import Sequence

from benchmarks.load import Shape, Window
from benchmarks.pairs import Paths, pair, users
from benchmarks.report import Part, Row, Target

READERS = 32
TOKENS = 8
PATHS = Paths("/v1/lea/chat", "/whole", threads=20)
TARGET = Target(must=0.35, aim=0.6, at_least=True)


async def run(*, quick: bool) -> Part:
    """A closed loop: every reader asks again at once."""
    async with users(READERS) as (folder, keys):
        with pair(folder, keys, tokens=TOKENS) as servers:
            shape = Shape(READERS, 1.5 if quick else 3, TOKENS, warm=1)
            leas, bares = await servers.in_turns(shape, 1 if quick else 3, PATHS)
    rows = [
        Row("requests a CPU second", "/s", _per_cpu(leas), _per_cpu(bares), target=TARGET),
        Row("requests answered", "/s", _per_second(leas), _per_second(bares)),
    ]
    note = f"{READERS} connections in a closed loop, {TOKENS} tokens an answer; both ask the model for a stream."
    return Part("json_chat", "The chat as JSON", rows, [note])


def _per_cpu(windows: Sequence[Window]) -> list[float]:
    return [window.tokens / TOKENS / window.cpu for window in windows]


def _per_second(windows: Sequence[Window]) -> list[float]:
    return [window.tokens / TOKENS / window.wall for window in windows]
