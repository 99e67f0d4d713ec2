"""Refresh: `POST /v1/lea/sessions/initialize` for somebody whose session is in memory."""

from collections.abc import Sequence

from benchmarks.doors import Door, PathDoor
from benchmarks.load import Answer, Shape, Window, WrongAnswer, steady
from benchmarks.pairs import users
from benchmarks.report import Part, Row, Target, percentile
from benchmarks.servers import Server, lea, relay

READERS = 32
TARGET = Target(must=2, aim=0.5, unit="ms")
NOWHERE = "http://127.0.0.1:9/v1"
"""No model is asked."""


async def run(*, quick: bool) -> Part:
    """One reader after another, then many at once."""
    times, seconds = (1, 1.5) if quick else (3, 3)
    rows: list[Row] = []
    async with users(READERS) as (folder, keys):
        with lea(folder, NOWHERE) as measured, relay(folder, NOWHERE) as bare:
            subjects = [
                (PathDoor(measured.url, "/v1/lea/sessions/initialize", keys, {}), measured),
                (PathDoor(bare.url, "/nothing", body={}), bare),
            ]
            for door, server in subjects:  # sessions are made
                await steady(door, server, Shape(READERS, 0.1, 0, warm=0.5))
            for readers in (1, READERS):
                rows += await _rows(subjects, Shape(readers, seconds, 0, warm=0.5), times)
    notes = [
        "Profile and connection mode are known; the company's jobs are read from the database each time.",
        "Bare: a handler that reads the request and answers a small JSON object.",
    ]
    return Part("refresh", "Refresh of a known session", rows, notes)


async def _rows(subjects: Sequence[tuple[Door, Server]], shape: Shape, times: int) -> list[Row]:
    found: tuple[list[Window], list[Window]] = [], []
    for number in range(times):
        for which in (0, 1) if number % 2 == 0 else (1, 0):
            door, server = subjects[which]
            found[which].append(await steady(door, server, shape, _refreshed if which == 0 else None))
    leas, bares = found
    who = "one reader" if shape.readers == 1 else f"{shape.readers} readers"
    return [
        Row(f"{who}, p50", "ms", _waits(leas, 50), _waits(bares, 50), "lea", TARGET if shape.readers == 1 else None),
        Row(f"{who}, p99", "ms", _waits(leas, 99), _waits(bares, 99)),
        Row(f"{who}, requests a CPU second", "/s", _per_cpu(leas), _per_cpu(bares)),
    ]


def _refreshed(answer: Answer) -> None:
    if b'"refreshed"' not in answer.body:
        raise WrongAnswer(f"no refresh: {bytes(answer.body)!r}")


def _waits(windows: Sequence[Window], percent: int) -> list[float]:
    return [percentile([(one.ended - one.sent) * 1000 for one in window.answers], percent) for window in windows]


def _per_cpu(windows: Sequence[Window]) -> list[float]:
    return [len(window.answers) / window.cpu for window in windows]
