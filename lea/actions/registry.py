"""Every action there is: our own, and those of installed packages (entry point `lea.actions`)."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Final

from cachetools import LRUCache

from lea.actions.action import AnyAction, Look, Outside, Rule, Write
from lea.actions.jobs.count_jobs import CountJobs
from lea.actions.jobs.list_jobs import ListJobs
from lea.actions.runs.port import PipelineNames
from lea.actions.runs.running_runs import RunningRuns
from lea.actions.runs.start_run import StartRun
from lea.actions.schedules.cancel_schedule import CancelSchedule
from lea.actions.schedules.list_schedules import ListSchedules
from lea.actions.schedules.schedule_ask import ScheduleAsk
from lea.actions.transactions.add_note import AddNote
from lea.actions.transactions.add_party import AddParty
from lea.actions.transactions.change import ChangeTransaction
from lea.actions.transactions.create import CreateTransaction
from lea.actions.transactions.find import FindTransactions
from lea.actions.transactions.latest import LatestTransaction
from lea.actions.transactions.make_form import MakeForm
from lea.actions.transactions.move import MoveTransaction
from lea.actions.transactions.show import ShowTransaction
from lea.config import Schedules
from lea.errors import StartError
from lea.llm.provider import Tool
from lea.plugins import ACTIONS, Plugins

Factory = Callable[[], AnyAction]
KNOWN: Final = 256
"""Policies whose tools are kept; most companies have none of their own."""


def built_in(
    *, geocode: bool, pipelines: PipelineNames | None = None, schedules: Schedules | None = None
) -> list[AnyAction]:
    """Léa's own; `geocode` where addresses are completed by coordinates, `pipelines` where runs can be started."""
    return [
        CreateTransaction(geocode),
        FindTransactions(),
        ShowTransaction(),
        LatestTransaction(),
        ChangeTransaction(geocode),
        MoveTransaction(),
        AddParty(),
        AddNote(),
        MakeForm(),
        ListJobs(),
        CountJobs(),
        RunningRuns(),
        ScheduleAsk(schedules or Schedules()),
        CancelSchedule(),
        ListSchedules(),
        *([] if pipelines is None else [StartRun(pipelines)]),
    ]


def installed(found: Plugins) -> list[AnyAction]:
    """What other packages bring. Raises StartError; see Plugins.make."""
    return found.all(ACTIONS, "an action", lambda made: isinstance(made, Look | Write | Outside))


class Registry:
    """Actions by name, in the order they were given."""

    def __init__(self, actions: Iterable[AnyAction]) -> None:
        """Raises StartError where two have one name."""
        self._actions: dict[str, AnyAction] = {}
        for action in actions:
            if action.name in self._actions:
                raise StartError(f"two actions are called {action.name}")
            self._actions[action.name] = action
        self._offered: LRUCache[frozenset[tuple[str, tuple[str, str]]], tuple[Tool, ...]] = LRUCache(KNOWN)

    def __iter__(self) -> Iterator[AnyAction]:
        return iter(self._actions.values())

    def get(self, name: str) -> AnyAction | None:
        return self._actions.get(name)

    def tools(self, policies: dict[str, tuple[str, str]]) -> tuple[Tool, ...]:
        """What the model may call for: nothing that the company does not allow it to propose. The same tuple for the
        same policies."""
        key = frozenset(policies.items())
        known = self._offered.get(key)
        if known is None:
            known = self._offered[key] = tuple(
                tool for tool in self._tools if rule_of(self._actions[tool.name], policies, proposed=True) != "deny"
            )
        return known

    @cached_property
    def _tools(self) -> tuple[Tool, ...]:
        return tuple(
            Tool(action.name, action.description, action.arguments.model_json_schema())
            for action in self._actions.values()
        )


def rule_of(action: AnyAction, policies: dict[str, tuple[str, str]], *, proposed: bool) -> Rule:
    """What applies to this action: the company's word, else the action's own; looking is always allowed."""
    if isinstance(action, Look):
        return "allow"
    own: Rule = action.proposed if proposed else action.said
    decided = policies.get(action.name)
    if decided is None:
        return own
    word = decided[1] if proposed else decided[0]
    return word if word in {"allow", "ask", "deny"} else "deny"  # type: ignore[return-value]
