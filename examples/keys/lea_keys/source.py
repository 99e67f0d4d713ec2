"""Each key that was lent is a job of the router department: open until the key is back."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from lea.sources.foreign import Failed, Garbled, Loaded
from lea.sources.source import JobSummary
from lea_keys.register import Lent, read

DEPARTMENT = "router"


class Settings(BaseModel):
    """`[plugins.key_register]`, without `company`, `fresh`, `stale` and `timeout`, which are Léa's."""

    model_config = ConfigDict(extra="forbid")

    file: Path


class KeyRegister:
    """Made once, before the server listens; asked anew when its jobs are wanted and older than `fresh`."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._file = Settings.model_validate(settings).file

    async def load(self) -> Loaded:
        try:
            register = await asyncio.to_thread(read, self._file)
        except OSError as error:
            raise Failed from error
        except ValueError as error:
            raise Garbled from error
        jobs = [_job(lent, datetime.now(UTC).date()) for lent in register]
        counts = Counter(job.state for job in jobs)
        return Loaded(tuple(jobs), tuple((DEPARTMENT, state, count) for state, count in counts.items()))

    async def aclose(self) -> None:
        """Nothing is held."""


def _job(lent: Lent, today: date) -> JobSummary:
    out = "to_process" if lent.overdue(today) else "pending"
    return JobSummary(
        id=f"{lent.transaction}-{lent.lent_on}",
        department=DEPARTMENT,
        state=out if lent.returned_on is None else "done",
        title=f"{lent.transaction}: {lent.holder}",
        updated_at=_moment(lent.returned_on or lent.lent_on),
        created_at=_moment(lent.lent_on),
        due_at=_moment(lent.due_on),
    )


def _moment(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
