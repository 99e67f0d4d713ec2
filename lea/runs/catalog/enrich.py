"""The run that completes articles: a model asked about each, or rules where there is no model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from aiolimiter import AsyncLimiter

from lea.config import Catalog
from lea.errors import Conflict
from lea.llm.prices import FREE
from lea.runs.catalog.enrich_asking import Asker
from lea.runs.catalog.enrich_bill import Bill, Purse
from lea.runs.catalog.rules import ruled
from lea.runs.pipeline import Finished, JobSpec, RunScope
from lea.sentences import Language
from lea.store import catalog, runs, usage
from lea.store.catalog import Connection, Row, Wanted

PAGE: Final = 1000
SKEW_S: Final = 60.0
"""How far the clocks of two processes may be apart; a later article is of a later run."""
RULES: Final = "rules"
LONGEST_BY: Final = 140
LONGEST_TITLE: Final = 200

SUMMARIES: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "model": "{category} · confiance {percent} %",
        "rules": "Complété par des règles, aucun modèle n'est configuré : {category}",
        "unknown": "catégorie inconnue",
        "gone": "Cet article n'existe plus.",
        "changed": "Modifié entre-temps par une personne : laissé tel quel.",
    },
    "en": {
        "model": "{category} · {percent}% sure",
        "rules": "Completed by rules, no model is configured: {category}",
        "unknown": "unknown category",
        "gone": "This article is not there any more.",
        "changed": "Changed by a person in the meantime: left as it is.",
    },
}


@dataclass(frozen=True, slots=True)
class Made:
    """What an article gets, and how the job tells it."""

    columns: dict[str, Any]
    summary: str


class Enrich:
    """Arguments: `again` takes articles that are complete too, `item_ids` only some. One job an article."""

    name: ClassVar[str] = "enrich"
    family: ClassVar[str] = "catalog"
    steps: ClassVar[tuple[str, ...]] = ("enrich",)
    attempts: ClassVar[int] = 3

    def __init__(self, asker: Asker, purse: Purse, settings: Catalog) -> None:
        self.concurrency = settings.enrich_concurrency
        self._asker = asker
        self._purse = purse
        self._store = purse.store
        self._clock = purse.clock
        pace = settings.enrich_per_minute / 60
        self._pace = AsyncLimiter(max(1.0, pace), max(1.0, 1 / pace)) if pace else None

    @property
    def by_rules(self) -> bool:
        """Whether there is no model to ask."""
        return self._asker.provider.answering.price_hint == FREE

    async def turn(self) -> None:
        """The pace of all companies together."""
        if self._pace is not None and not self.by_rules:
            await self._pace.acquire()

    async def plan(self, scope: RunScope) -> Sequence[JobSpec]:
        """Raises Conflict(`nothing_to_enrich`)."""
        run = await self._store.read(lambda connection: runs.of_id(connection, scope.run_id))
        ids = scope.arguments.get("item_ids")
        wanted = Wanted(
            again=bool(scope.arguments.get("again")),
            ids=None if ids is None else tuple(ids),
            run_id=scope.run_id,
            before=run.started_at + SKEW_S,
        )
        jobs: list[JobSpec] = []
        after: str | None = ""
        while after is not None:
            rows = await self._store.read(_page(scope, wanted, after))
            jobs += [_job(row) for row in rows]
            after = rows[-1].reference if len(rows) == PAGE else None
        if not jobs:
            raise Conflict("nothing_to_enrich")
        return jobs

    async def work(self, scope: RunScope, job: JobSpec) -> Finished:
        """Complete an article, unless a person changed it since the run was planned."""
        item = await self._store.read(lambda connection: catalog.item(connection, scope.company_id, job.key))
        words, bill = SUMMARIES[scope.language], Bill(self._purse, scope, job.key)
        if item is None or item.version != job.payload["version"]:
            return Finished(words["gone" if item is None else "changed"])
        if self.by_rules:
            made = _by_rules(item, scope.language)
        else:
            try:
                made = await self._by_model(scope, item, bill)
            except BaseException:
                await bill.keep()
                raise
        over = bill.settle if bill.rows else None
        return Finished(made.summary, self._saving(scope, item, made, bill), bill.cost_nano_usd, over)

    async def _by_model(self, scope: RunScope, item: Row[Any], bill: Bill) -> Made:
        said, by = await self._asker.ask(scope, item, bill)
        columns = {
            "category": said.category,
            "description": _own(item) or said.description,
            "attributes": [one.model_dump() for one in said.attributes],
            "confidence": said.confidence,
            "enriched_by": f"{by.name}/{by.model}"[:LONGEST_BY],
        }
        summary = SUMMARIES[scope.language]["model"]
        return Made(columns, summary.format(category=said.category, percent=round(said.confidence * 100)))

    def _saving(self, scope: RunScope, item: Row[Any], made: Made, bill: Bill) -> Callable[[Connection], str | None]:
        words, now = SUMMARIES[scope.language], self._clock.now()

        def save(connection: Connection) -> str | None:
            usage.add(connection, bill.rows)
            found = catalog.item(connection, scope.company_id, item.id, lock=True)
            if found is None or found.version != item.version:
                return words["gone" if found is None else "changed"]
            catalog.put(connection, item.id, made.columns | {"version": found.version + 1, "updated_at": now})
            return None

        return save


def _by_rules(item: Row[Any], language: Language) -> Made:
    known, words = ruled(item, language), SUMMARIES[language]
    columns = {
        "category": known.category,
        "description": _own(item) or known.description,
        "attributes": known.attributes,
        "confidence": known.confidence,
        "enriched_by": RULES,
    }
    return Made(columns, words["rules"].format(category=known.category or words["unknown"]))


def _own(item: Row[Any]) -> str | None:
    """The description a person wrote, as long as nobody else did."""
    description: str | None = item.description if item.enriched_by is None else None
    return description


def _page(scope: RunScope, wanted: Wanted, after: str) -> Callable[[Connection], Sequence[Row[Any]]]:
    return lambda connection: catalog.to_enrich(connection, scope.company_id, wanted, after, PAGE)


def _job(row: Row[Any]) -> JobSpec:
    title = f"{row.reference} · {row.name}"[:LONGEST_TITLE]
    return JobSpec(row.id, title, {"version": row.version}, "enrich")
