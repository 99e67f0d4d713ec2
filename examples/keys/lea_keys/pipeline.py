"""Long work: a note on the file of every key that is not back in time."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from lea.errors import ExternalUnavailable, NotFound
from lea.records import transactions
from lea.records.file import Author
from lea.runs.pipeline import Finished, JobSpec, RunScope
from lea_keys.register import read

AUTHOR = "Registre des clés"


class Settings(BaseModel):
    """`[plugins.overdue_keys]`: the register, and the id of the company whose it is."""

    model_config = ConfigDict(extra="forbid")

    file: Path
    company_id: str


class OverdueKeys:
    """A run is anybody's who may start it, so it is this pipeline that keeps other companies out."""

    name: ClassVar[str] = "overdue_keys"
    family: ClassVar[str] = "catalog"
    steps: ClassVar[tuple[str, ...]] = ("note",)
    concurrency = 1
    attempts = 3

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = Settings.model_validate(settings)

    async def plan(self, scope: RunScope) -> Sequence[JobSpec]:
        if scope.company_id != self._settings.company_id:
            raise NotFound
        try:
            register = await asyncio.to_thread(read, self._settings.file)
        except OSError as error:
            raise ExternalUnavailable from error
        today = datetime.now(UTC).date()
        return [
            JobSpec(
                key=f"{lent.transaction}-{lent.lent_on}",
                title=lent.transaction,
                payload={"transaction": lent.transaction, "holder": lent.holder, "due_on": str(lent.due_on)},
                step="note",
            )
            for lent in register
            if lent.overdue(today)
        ]

    async def work(self, scope: RunScope, job: JobSpec) -> Finished:
        said = job.payload
        text = f"Clés : chez {said['holder']}, attendues le {said['due_on']}"
        now = datetime.now(UTC).timestamp()

        def save(connection: transactions.Connection) -> None:
            """The id follows from run and job, so that work done twice is one note."""
            file = transactions.get(connection, scope.company_id, said["transaction"])
            transactions.add_note(
                connection,
                scope.company_id,
                file.id,
                text,
                Author(scope.user_id, AUTHOR),
                now,
                note_id=f"no_{scope.run_id}_{job.key}",
            )

        return Finished(text, save)
