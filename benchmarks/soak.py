"""A long run: what time does to memory, to the gap between tokens and to the number of errors.

Readers come and go: every slice has connections of its own, its answers are read to their end and checked.
"""

from dataclasses import dataclass
from time import perf_counter

from benchmarks.doors import LeaDoor
from benchmarks.load import Shape, Window, WrongAnswer, steady
from benchmarks.pairs import users
from benchmarks.report import Part, Row, Series, Target, percentile
from benchmarks.servers import lea, model

READERS = 100
TOKENS = 50
EVERY_S = 0.02
SLICE_S = 15.0
QUICK_SLICE_S = 3.0
WARM_SHARE = 0.2
"""Of the run; memory is held against what it was then, when caches are full and everything was done once."""
GROWTH = Target(must=5, aim=1, unit="%")
ERRORS = Target(must=0, unit="")


@dataclass(frozen=True, slots=True)
class Slice:
    """`at` minutes, what the process weighs in MB, and the gap p99 in ms; None where the load broke off."""

    at: float
    weight: float
    gap: float | None
    turns: int


async def run(*, quick: bool, minutes: float = 10) -> Part:
    """Slice after slice until the time is over; a quick look takes half a minute."""
    seconds = 30.0 if quick else minutes * 60
    spread = TOKENS * EVERY_S
    shape = Shape(READERS, QUICK_SLICE_S if quick else SLICE_S, TOKENS, spread=spread, warm=1.2 * spread)
    slices: list[Slice] = []
    broken: list[str] = []
    async with users(READERS) as (folder, keys):
        with model(folder, tokens=TOKENS, every=EVERY_S) as url, lea(folder, url) as server:
            door = LeaDoor(server.url, keys)
            begun = perf_counter()
            while perf_counter() - begun < seconds:
                window: Window | None = None
                try:
                    window = await steady(door, server, shape)
                except* (WrongAnswer, TimeoutError, ConnectionError) as errors:
                    broken += [str(error) for error in errors.exceptions]
                gap = None if window is None else percentile(window.gaps, 99) * 1000
                turns = 0 if window is None else len(window.answers)
                slices.append(Slice((perf_counter() - begun) / 60, server.weight() / 2**20, gap, turns))
            logged = sum(b'"level":"error"' in line for file in folder.glob("*.out") for line in file.open("rb"))
    return _part(slices, broken, logged, seconds)


def _part(slices: list[Slice], broken: list[str], logged: int, seconds: float) -> Part:
    warm = slices[: max(1, round(len(slices) * WARM_SHARE))]
    gaps = [one.gap for one in slices if one.gap is not None]
    start, end = warm[-1].weight, slices[-1].weight
    rows = [
        Row("memory at the end", "MB", [end], [start]),
        Row("memory, growth after warm-up", "%", [(end / start - 1) * 100], judged="lea", target=GROWTH),
        Row("token gap p99, median of the slices", "ms", gaps or [0], gaps[:1], "ratio" if gaps else "lea"),
        Row("token gap p99, worst slice", "ms", [max(gaps, default=0)], gaps[:1], "ratio" if gaps else "lea"),
        Row("answers wrong, cut or late", "", [len(broken)], judged="lea", target=ERRORS),
        Row("errors in the log", "", [logged], judged="lea", target=ERRORS),
        Row("turns seen from start to end", "", [sum(one.turns for one in slices)], judged="lea"),
    ]
    notes = [
        f"{READERS} readers at {1 / EVERY_S:g} tokens a second for {seconds / 60:g} minutes, {len(slices)} slices.",
        f"Beside: the process after {warm[-1].at:.1f} minutes, and the first slice.",
        *broken[:3],
    ]
    series = [
        Series("memory", "MB", "min", [(one.at, one.weight) for one in slices]),
        Series("token gap p99", "ms", "min", [(one.at, one.gap) for one in slices if one.gap is not None]),
    ]
    return Part("soak", "A long run", rows, notes, beside="at first", series=series)
