"""CPU per token: the server's CPU time over the tokens that reached readers, paced and as fast as it goes.

A turn's own cost (authentication, context, two commits, logs, metrics) is in it, spread over the answer's tokens.
"""

from collections.abc import Sequence

from benchmarks.load import Shape, Window
from benchmarks.pairs import Pair, Paths, pair, users
from benchmarks.report import Part, Row, Target, percentile

EVERY_S = 0.02
TOKENS = 50
LONG = 1000
"""Tokens of a long answer, which shows the token alone: what a turn costs is a small part of it."""
UNPACED_READERS = 32
QUICK_READERS = 100
PACED = {1: None, 100: None, 500: Target(must=1.5, aim=1.0), 1000: None}
SMOOTH = {500: Target(must=2)}
"""For the token gap beside that of one stream alone; 1,000 streams are the aim."""
UNPACED = Target(must=0.5, aim=0.9, at_least=True)


async def run(*, quick: bool) -> Part:
    """Every load in turn."""
    rows: list[Row] = []
    async with users(QUICK_READERS if quick else max(PACED)) as (folder, keys):
        with pair(folder, keys, tokens=TOKENS, every=EVERY_S) as servers:
            idle: list[float] = []
            for readers, target in PACED.items():
                if not quick or readers <= QUICK_READERS:
                    rows += await _paced(servers, readers, target, idle, 1 if quick else 3)
        for tokens in (TOKENS,) if quick else (TOKENS, LONG):
            with pair(folder, keys, tokens=tokens) as servers:
                rows += await _unpaced(servers, tokens, quick=quick)
    notes = [
        f"Paced: {TOKENS} tokens an answer, one every {EVERY_S * 1000:g} ms, readers asking again at once.",
        "Unpaced: the model sends all tokens in one write; tokens over CPU seconds, so a slow load cannot flatter.",
        f"To a relay that parses nothing {LONG} tokens in one write are a few pieces of bytes: no target for that row.",
    ]
    return Part("cpu_per_token", "CPU per token", rows, notes)


async def _paced(servers: Pair, readers: int, target: Target | None, idle: list[float], times: int) -> list[Row]:
    """`idle` is the gap of one stream alone, which is measured first."""
    spread = TOKENS * EVERY_S
    seconds = 2 if times == 1 else 4
    leas, bares = await servers.in_turns(Shape(readers, seconds, TOKENS, spread=spread, warm=1.2 * spread), times)
    name = f"{readers} paced stream{'s' if readers > 1 else ''}"
    gaps = _gap(leas)
    smooth: list[Row] = []
    if readers == 1:
        idle += gaps
    else:
        what = f"{name}, token gap p99 (bare: one stream of Léa's)"
        smooth = [Row(what, "ms", gaps, idle, target=SMOOTH.get(readers))]
    return [
        Row(f"{name}, CPU a token", "µs", _cpu(leas), _cpu(bares), target=target),
        Row(f"{name}, tokens reaching readers", "/s", _rate(leas), _rate(bares)),
        Row(f"{name}, share of the core", "%", _busy(leas), _busy(bares)),
        Row(f"{name}, token gap p99", "ms", gaps, _gap(bares)),
        *smooth,
    ]


async def _unpaced(servers: Pair, tokens: int, *, quick: bool) -> list[Row]:
    shape = Shape(UNPACED_READERS, 1.5 if quick else 3, tokens, warm=1)
    leas, bares = await servers.in_turns(shape, 1 if quick else 2, Paths(threads=20))
    target = UNPACED if tokens == TOKENS else None
    name = f"unpaced, {UNPACED_READERS} streams of {tokens}"
    return [
        Row(f"{name}, tokens a CPU second", "/s", _per_cpu(leas), _per_cpu(bares), target=target),
        Row(f"{name}, tokens reaching readers", "/s", _rate(leas), _rate(bares)),
    ]


def _cpu(windows: Sequence[Window]) -> list[float]:
    return [window.cpu / window.tokens * 1e6 for window in windows]


def _per_cpu(windows: Sequence[Window]) -> list[float]:
    return [window.tokens / window.cpu for window in windows]


def _rate(windows: Sequence[Window]) -> list[float]:
    return [window.tokens / window.wall for window in windows]


def _gap(windows: Sequence[Window]) -> list[float]:
    return [percentile(window.gaps, 99) * 1000 for window in windows]


def _busy(windows: Sequence[Window]) -> list[float]:
    return [window.cpu / window.wall * 100 for window in windows]
