"""`python -m benchmarks [PART …] [--quick]`: measure, print tables, keep what was found in `results/`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

import uvloop

from benchmarks import cpu_per_token, first_byte, first_token, json_chat, locks, page, runs
from benchmarks.report import Part, keep

PARTS: dict[str, Callable[..., Awaitable[Part]]] = {
    "first_byte": first_byte.run,
    "first_token": first_token.run,
    "cpu_per_token": cpu_per_token.run,
    "json_chat": json_chat.run,
    "locks": locks.run,
    "runs": runs.run,
    "page": page.run,
}

PART_S = 300
"""Longest a part may take before it is given up."""


async def measure(names: list[str], *, quick: bool) -> None:
    """One part after the other; a quick look is printed, not kept."""
    for name in names:
        begun = perf_counter()
        async with asyncio.timeout(PART_S):
            part = await PARTS[name](quick=quick)
        print(
            f"\n{part.title} ({perf_counter() - begun:.0f} s)\n\n{part.table()}\n",
            *[f"- {note}" for note in part.notes],
            sep="\n",
            flush=True,
        )
        if not quick:
            keep(part)


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description="What Léa costs beside a bare relay.")
    options.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them by default")
    options.add_argument("--quick", action="store_true", help="a look in a minute; nothing is kept")
    given = options.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        options.error(f"there is no part {', '.join(sorted(unknown))}")
    uvloop.run(measure(given.parts or list(PARTS), quick=given.quick))


if __name__ == "__main__":
    main()
