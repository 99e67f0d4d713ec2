"""`python -m benchmarks [PART …] [--quick] [--minutes N]`: measure, print tables, keep what was found in `results/`."""

import argparse
import asyncio
import resource
from collections.abc import Awaitable, Callable
from time import perf_counter

import uvloop

from benchmarks import (
    cpu_per_token,
    fanout,
    first_byte,
    first_token,
    json_chat,
    locks,
    memory,
    neighbours,
    page,
    processes,
    refresh,
    runs,
    soak,
    stores,
)
from benchmarks.report import Part, keep, write_pages

PARTS: dict[str, Callable[..., Awaitable[Part]]] = {
    "first_byte": first_byte.run,
    "first_token": first_token.run,
    "cpu_per_token": cpu_per_token.run,
    "json_chat": json_chat.run,
    "neighbours": neighbours.run,
    "memory": memory.run,
    "fanout": fanout.run,
    "refresh": refresh.run,
    "locks": locks.run,
    "stores": stores.run,
    "processes": processes.run,
    "runs": runs.run,
    "page": page.run,
    "soak": soak.run,
}

PART_S = 900
"""Longest a part may take before it is given up, beside the minutes of a long run."""


async def measure(names: list[str], *, quick: bool, minutes: float) -> None:
    """One part after the other; a quick look is printed, not kept."""
    for name in names:
        begun = perf_counter()
        long = {"minutes": minutes} if name == "soak" else {}
        async with asyncio.timeout(PART_S + minutes * 60 * len(long)):
            part = await PARTS[name](quick=quick, **long)
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
    options.add_argument("--quick", action="store_true", help="a look in a few minutes; nothing is kept")
    options.add_argument("--minutes", type=float, default=10, help="of the soak")
    options.add_argument("--pages", action="store_true", help="only write the pages anew from what is kept")
    given = options.parse_args()
    unknown = set(given.parts) - set(PARTS)
    if unknown:
        options.error(f"there is no part {', '.join(sorted(unknown))}")
    if given.pages:
        write_pages()
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # for thousands of connections, here and in the servers
    uvloop.run(measure(given.parts or list(PARTS), quick=given.quick, minutes=given.minutes))


if __name__ == "__main__":
    main()
