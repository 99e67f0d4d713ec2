"""Start long work."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from lea.actions.action import Arguments, Effect, Preview, Scope, Write, plain
from lea.actions.phrases import say
from lea.actions.runs.port import PipelineNames
from lea.errors import Conflict
from lea.events.answer import RecordName
from lea.ids import RunId
from lea.llm.offline.markdown import escaped
from lea.sentences import Language
from lea.store import runs
from lea.store.runs import Connection, NewRun


class StartRunArguments(Arguments):
    pipeline: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
    import_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,128}$")] | None = None


class StartRun(Write[StartRunArguments]):
    """The run is a row of its receipt's transaction; whoever works at runs is woken after it."""

    name = "start_run"
    arguments = StartRunArguments
    description = (
        "Start long work in the background: `extract` makes catalogue items of an imported file named by import_id, "
        "`enrich` completes the catalogue's items."
    )
    title: ClassVar[Mapping[Language, str]] = {"fr": "Lancer un traitement", "en": "Start a run"}
    changes = "run"

    def __init__(self, pipelines: PipelineNames) -> None:
        self._pipelines = pipelines

    def preview(self, connection: Connection, scope: Scope, arguments: StartRunArguments) -> Preview:
        family = self._pipelines.family(arguments.pipeline)
        active = runs.active(connection, scope.identity.company_id, family)
        if active is not None:
            raise Conflict("run_active", run_id=active)
        return Preview(say("start_run", scope.language, what=escaped(arguments.pipeline)), plain(arguments))

    def run(self, connection: Connection, scope: Scope, arguments: StartRunArguments, key: str) -> Effect:
        who, said = scope.identity, plain(arguments)
        pipeline = said.pop("pipeline")
        new = NewRun(
            RunId(f"run_{key}"),
            who.company_id,
            who.user_id,
            pipeline,
            self._pipelines.family(pipeline),
            scope.language,
            said,
        )
        run = runs.begin(connection, new, scope.now)
        summary = say("run_started", scope.language, what=escaped(pipeline))
        return Effect(summary, RecordName("run", run.id, pipeline), {}, {"run_id": run.id})

    def undo(self, connection: Connection, scope: Scope, done: Effect) -> None:
        after: Mapping[str, Any] = done.after or {}
        run = runs.ask_cancel(connection, scope.identity.company_id, RunId(after.get("run_id", "")), scope.now)
        if run.ended_at is not None:
            raise Conflict("record_changed")
