"""The rules are compiled once a process, beside the loop."""

import asyncio
from functools import cache

from lea.actions.intents.tables import compile_all

once = cache(compile_all)
"""A second caller in another thread may compile a pattern too: the same one."""


async def prepared() -> None:
    """Returns when the rules are ready; at once, but for the first seconds of a process."""
    if not once.cache_info().currsize:
        await asyncio.to_thread(once)
