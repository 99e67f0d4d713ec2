"""Lock wait: hundreds and thousands of users initialise at once while each load takes its time.

A control run loads inside the global lock; if that does not show, the measurement sees nothing and is refused.
"""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.report import Part, Row, Target, percentile
from benchmarks.servers import finished, workplace

LOAD_S = 1.2
USERS = (100, 1000, 5000)
QUICK_USERS = (1000,)
CONTROL_USERS = 10
WAIT = Target(must=1, unit="ms")
MUST_MS = LOAD_S * 1000 * 1.05 + 50
TOTAL = Target(must=MUST_MS, aim=LOAD_S * 1000 * 1.02, unit="ms")


async def run(*, quick: bool) -> Part:
    """Every number of users in a process of its own, then the control."""
    times = 1 if quick else 2
    load, control_load = LOAD_S, 0.2 if quick else LOAD_S
    rows: list[Row] = []
    with workplace() as folder:
        for users in QUICK_USERS if quick else USERS:
            runs = [await _measure(folder, users, load) for _ in range(times)]
            rows += _rows(users, runs)
        normal = [await _measure(folder, CONTROL_USERS, control_load)]
        control = [await _measure(folder, CONTROL_USERS, control_load, "--inside")]
    rows.append(_control(normal, control, control_load))
    notes = [
        f"Each load takes {LOAD_S} s; lock wait is that of the global and the session's lock together.",
        "Total: from the moment all of them ask to a user's answer, so it holds the time to start everybody's load.",
        f"Control: {CONTROL_USERS} users, a load of {control_load} s; bare stands for loading inside the global lock.",
    ]
    return Part("locks", "Users initialising at once", rows, notes)


def _rows(users: int, runs: Sequence[dict[str, list[float]]]) -> list[Row]:
    waits = [percentile(run["lock_wait"], 99) for run in runs]
    totals = [percentile(run["total"], 99) for run in runs]
    return [
        Row(f"{users} users, lock wait p99", "ms", waits, judged="lea", target=WAIT),
        Row(f"{users} users, total p99", "ms", totals, judged="lea", target=TOTAL if users <= 1000 else None),
    ]


def _control(normal: Sequence[dict[str, list[float]]], inside: Sequence[dict[str, list[float]]], load: float) -> Row:
    """Raises SystemExit where the control waited for less than almost everybody's load."""
    waits = [[percentile(run["lock_wait"], 99) for run in runs] for runs in (normal, inside)]
    least = (CONTROL_USERS - 2) * load * 1000
    if min(waits[1]) < least or max(waits[0]) > least / 100:
        raise SystemExit(f"the control run shows nothing: {waits[1]} ms inside the lock, {waits[0]} ms outside")
    return Row(f"control, {CONTROL_USERS} users, lock wait p99", "ms", waits[0], waits[1])


async def _measure(folder: Path, users: int, load: float, *control: str) -> dict[str, list[float]]:
    out = folder / "locking.json"
    command = ["-m", "benchmarks.locking", "--users", str(users), "--load", str(load), "--out", str(out), *control]
    await asyncio.to_thread(finished, command, folder)
    times: dict[str, list[float]] = json.loads(out.read_text())
    return times
