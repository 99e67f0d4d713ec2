"""Processes that read files: few at once, each for one file only, ended when its time is over.

A process of its own for each file costs a fifth of a second and keeps everything a hostile file can do to itself.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Literal

import orjson
import structlog

from lea.errors import LeaError, Overloaded, of_reason
from lea.runs.catalog.reading.sheet import Limits

AT_ONCE: Final = 2
WAITING: Final = 20
"""Most files that are read or wait for it; one more is refused as overloaded."""
RETRY_S: Final = 10.0
ROOT: Final = str(Path(__file__).parents[3])
COMMAND: Final = (sys.executable, "-P", "-m", "lea.runs.catalog.worker")

log = structlog.get_logger()


def unreadable(code: str, line: int | None = None) -> LeaError:
    """The error of a file, which says where."""
    errors = [] if line is None else [{"path": f"line {line}", "message": code}]
    return type(of_reason(code))(code, errors=errors)


class Readers:
    """Reads files without holding the loop up."""

    def __init__(self, limits: Limits | None = None, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self.limits = limits or Limits()
        self._free = asyncio.Semaphore(at_once)
        self._bound = waiting
        self._waiting = 0

    async def preview(self, path: Path, mapping: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Media, columns, mapping and the first products of a file. Raises LeaError with the file's code."""
        (answer,) = await self._ask("preview", path, mapping)
        return answer

    async def text(self, path: Path, *, table: bool) -> dict[str, Any]:
        """Media, text and whether there was more of it, of a file people ask about; `table` reads text as a CSV.

        Raises LeaError with the file's code.
        """
        (answer,) = await self._ask("table" if table else "text", path, None)
        return answer

    async def slices(self, path: Path, mapping: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """Of 200 rows each: `first` and `last` line, `products` and `rejected` as mappings of their fields.

        Raises LeaError with the file's code.
        """
        return await self._ask("slices", path, mapping)

    async def _ask(
        self, task: Literal["preview", "slices", "text", "table"], path: Path, mapping: Mapping[str, str] | None
    ) -> list[dict[str, Any]]:
        if self._waiting >= self._bound:
            raise Overloaded(retry_after_s=RETRY_S)
        self._waiting += 1
        try:
            async with self._free:
                answer = await self._in_process({
                    "task": task, "path": str(path), "mapping": mapping, "limits": asdict(self.limits),
                })  # fmt: skip
        finally:
            self._waiting -= 1
        if answer and "code" in answer[0]:
            raise unreadable(answer[0]["code"], answer[0]["line"])
        return answer

    async def _in_process(self, question: Mapping[str, Any]) -> list[dict[str, Any]]:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={"PATH": os.defpath, "PYTHONPATH": ROOT, "LC_ALL": "C.UTF-8"},
        )
        try:
            async with asyncio.timeout(self.limits.seconds):
                out, _ = await process.communicate(orjson.dumps(question))
        except TimeoutError:
            raise unreadable("file_too_slow") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode:
            log.warning("catalog.reader_failed", task=question["task"], exit=process.returncode)
            raise unreadable("file_reader_failed")
        answer: list[dict[str, Any]] = []
        for line in out.splitlines():  # a long list at once would hold up everybody's streams
            answer.append(orjson.loads(line))
            await asyncio.sleep(0)
        return answer
