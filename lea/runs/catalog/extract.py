"""The run that makes articles of a file: read once, then saved in slices, each once whatever happens."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from lea.clock import Clock
from lea.errors import NotFound
from lea.ids import derived_id
from lea.runs.catalog.files import Files
from lea.runs.catalog.readers import Readers
from lea.runs.pipeline import Finished, JobSpec, RunScope
from lea.sentences import Language
from lea.store import catalog
from lea.store.catalog import Connection
from lea.store.engine import Store

SUMMARIES: Final[dict[Language, tuple[str, str]]] = {
    "fr": ("Lignes {first} à {last}", "{saved} articles, {rejected} lignes refusées"),
    "en": ("Rows {first} to {last}", "{saved} articles, {rejected} rows rejected"),
}

RUN_PART: Final = len("it_") + 14
LAST_LINE: Final = 16**10 - 1


class Extract:
    """Arguments: `import_id`, and `mapping` from field to column where the caller corrected it."""

    name: ClassVar[str] = "extract"
    family: ClassVar[str] = "catalog"
    steps: ClassVar[tuple[str, ...]] = ("extract",)
    concurrency: ClassVar[int] = 2
    attempts: ClassVar[int] = 3

    def __init__(self, store: Store, files: Files, readers: Readers, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._readers = readers
        self._clock = clock

    async def plan(self, scope: RunScope) -> Sequence[JobSpec]:
        """A job for every 200 rows. Raises NotFound(`file_missing`), or LeaError with the file's code."""
        import_id = str(scope.arguments["import_id"])
        known = await self._store.read(lambda connection: catalog.get_import(connection, scope.company_id, import_id))
        path = self._files.path(import_id)
        if known is None or not await asyncio.to_thread(path.exists):
            raise NotFound("file_missing")
        slices = await self._readers.slices(path, scope.arguments.get("mapping"))
        title, _ = SUMMARIES[scope.language]
        return [
            JobSpec(f"slice-{place:05}", title.format_map(one), one, "extract")
            for place, one in enumerate(slices, start=1)
        ]

    async def work(self, scope: RunScope, job: JobSpec) -> Finished:
        """The articles and rejects of a slice."""
        now = self._clock.now()
        items = _items(scope, job.payload["products"], now)
        rejects = _rejects(scope, job.payload["rejected"], now)

        def save(connection: Connection) -> None:
            catalog.put_items(connection, items)
            catalog.put_rejects(connection, rejects)

        _, summary = SUMMARIES[scope.language]
        return Finished(summary.format(saved=len(items), rejected=len(rejects)), save, items=len(items) + len(rejects))


def _items(scope: RunScope, products: Sequence[Mapping[str, Any]], now: float) -> list[dict[str, Any]]:
    """Their ids follow from the run and the line; of those saved together the first line comes first, newest on top."""
    made = _origin(scope) | {"created_at": now, "updated_at": now, "version": 1}
    run = derived_id("it", scope.run_id)[:RUN_PART]
    return [{**product, **made, "id": f"{run}{LAST_LINE - product['line']:010x}"} for product in products]


def _rejects(scope: RunScope, rejected: Sequence[Mapping[str, Any]], now: float) -> list[dict[str, Any]]:
    made = _origin(scope) | {"created_at": now}
    return [{**one, **made, "id": derived_id("reject", scope.run_id, str(one["line"]))} for one in rejected]


def _origin(scope: RunScope) -> dict[str, Any]:
    return {"company_id": scope.company_id, "run_id": scope.run_id, "import_id": scope.arguments["import_id"]}
