"""First token: what Léa adds to it for somebody whose session and conversation are in memory."""

from collections.abc import Sequence

from benchmarks.load import Shape, Window
from benchmarks.pairs import Pair, Paths, pair, users
from benchmarks.report import Part, Row, Target, percentile

PACED_READERS = 100
PACED_TOKENS = 50
EVERY_S = 0.02
P50 = Target(must=2, aim=1, unit="ms")
P99 = Target(must=10, unit="ms")


async def run(*, quick: bool) -> Part:
    """One reader after another, then many at once."""
    times, seconds = (1, 2) if quick else (3, 5)
    rows: list[Row] = []
    async with users(PACED_READERS) as (folder, keys):
        if not quick:
            with pair(folder, keys, tokens=3, every=0.001) as servers:
                rows += _rows("one reader", *await _measure(servers, Shape(1, seconds / 2, tokens=3), times))
        with pair(folder, keys, tokens=PACED_TOKENS, every=EVERY_S) as servers:
            spread = PACED_TOKENS * EVERY_S
            warm = (1.5 if quick else 2.5) * spread
            shape = Shape(PACED_READERS, seconds, PACED_TOKENS, spread=spread, warm=warm)
            rows += _rows(f"{PACED_READERS} paced streams", *await _measure(servers, shape, times))
    note = "From the request on an open connection to the first token; what Léa adds is the difference to the relay."
    return Part("first_token", "First token of a known session", rows, [note])


async def _measure(servers: Pair, shape: Shape, times: int) -> tuple[list[Window], list[Window]]:
    return await servers.in_turns(shape, times, Paths(threads=10 if shape.readers == 1 else 1))


def _rows(who: str, leas: Sequence[Window], bares: Sequence[Window]) -> list[Row]:
    return [
        Row(f"{who}, p{percent}", "ms", _waits(leas, percent), _waits(bares, percent), "difference", target)
        for percent, target in ((50, P50), (99, P99))
    ]


def _waits(windows: Sequence[Window], percent: int) -> list[float]:
    """That percentile of every window, in milliseconds."""
    return [
        percentile([(answer.first_token - answer.sent) * 1000 for answer in window.answers], percent)
        for window in windows
    ]
