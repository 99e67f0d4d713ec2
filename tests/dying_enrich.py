"""`python -m tests.dying_enrich FOLDER MODEL POINT TIMES` is a server that works at runs with that model, ended as by
`kill -9` at the given time it reaches POINT."""

import asyncio
import os
import signal
import sys
from itertools import count
from pathlib import Path

from lea import faults
from tests.enrich_parts import configured
from tests.lea_server import running


async def serve(folder: str, model_url: str) -> None:
    async with running(configured(Path(folder), model_url)):
        await asyncio.Event().wait()


def main() -> None:
    folder, model_url, point, times = sys.argv[1:]
    reached = count(1)

    def die(at: str) -> None:
        if at == point and next(reached) == int(times):
            os.kill(os.getpid(), signal.SIGKILL)

    assert point in faults.RUN_POINTS, point
    faults.arm(die)
    asyncio.run(serve(folder, model_url))


if __name__ == "__main__":
    main()
