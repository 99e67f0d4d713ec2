"""A drill from its begin to its end: each scenario is played, looked at, and undone before the next."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp

from lea.cli.drilling.person import FAILURES, Api, Seen
from lea.cli.drilling.scenarios import GRACE_S, SCENARIOS, Check, Given, Scenario

SECONDS: Final = 600
HEALTH_LOOKS: Final = 20
"""A second apart: what is found out about the model is believed for 15 s."""
MESSAGE: Final = "Exercice {name} {number} : réponds en un mot."


class Refused(Exception):
    """The installation does not let a drill be run; the message is for people."""


@dataclass(slots=True)
class Result:
    """What became of a scenario; `skipped` says why it was not played."""

    scenario: Scenario
    seen: list[Seen] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    lost: int = 0
    skipped: str = ""
    needed: bool = False
    """Whether not having played it is a failure."""

    @property
    def passed(self) -> bool:
        return not self.needed if self.skipped else all(check.passed for check in self.checks)


class Drill:
    """Runs at one server process. Raises Refused where that one says no, or cannot be reached."""

    def __init__(self, session: aiohttp.ClientSession, url: str, key: str) -> None:
        self._url = url
        self._admin = Api(session, url, key)
        self._people: list[Api] = []
        self._given = Given(30, 5, GRACE_S)
        self._health = ""
        self._session = session
        self.id = ""

    @asynccontextmanager
    async def begun(self) -> AsyncIterator[None]:
        """While it runs; it is ended at the server whatever happens here."""
        answer = await self._asked("POST", "/v1/admin/drill", {"seconds": SECONDS})
        try:
            self.id = answer["drill_id"]
            self._people = [Api(self._session, self._url, key) for key in answer["keys"]]
            self._given = Given(answer["model_timeout_s"], answer["load_timeout_s"], GRACE_S)
            yield
        finally:
            await self._asked("DELETE", "/v1/admin/drill")

    async def keep(self, scenarios: Sequence[dict[str, object]], seconds: float) -> str:
        """Leave the report at the server, where admins can read it; what kept it from that, or nothing."""
        body = {"drill_id": self.id, "seconds": seconds, "scenarios": scenarios}
        try:
            status, answer = await self._admin.call("POST", "/v1/admin/drills", body)
        except FAILURES as error:
            return str(error) or type(error).__name__
        return "" if status == 201 else f"{status} {answer.get('detail', '') if isinstance(answer, dict) else ''}"

    async def play(self, only: Sequence[str], tell: Callable[[Result], None]) -> list[Result]:
        """The scenarios in their order; where the baseline fails nothing is learned from the others."""
        results: list[Result] = []
        for scenario in SCENARIOS:
            if only and scenario.name not in {*only, "baseline"}:
                continue
            if results and not results[0].passed:
                result = Result(scenario, skipped="the baseline failed", needed=True)
            else:
                result = await self._play(scenario)
            results.append(result)
            tell(result)
        return results

    async def _play(self, scenario: Scenario) -> Result:
        result = Result(scenario)
        first = not self._health
        health = await self._health_settled(self._health or "ok")
        if scenario.needs_redis and health["storage_backend"] != "redis":
            result.skipped = f"shared state is {health['storage_backend']}"
            return result
        people = [self._people.pop(0) for _ in range(scenario.people)]
        await self._strike(scenario.faults)
        result.seen = await _ask_all(people, scenario)
        struck = (await self._asked("GET", "/v1/admin/drill"))["struck"]
        meanwhile = await self._health_settled(self._health or "ok")
        await self._strike(())
        result.checks += _together(
            check
            for seen in result.seen
            for check in (_first_byte(seen, scenario.first_byte_s), *scenario.judge(seen, self._given))
        )
        for fault in scenario.faults:
            times = struck.get(fault, 0)
            result.checks.append(Check(f"the fault {fault} was met", times > 0, f"{times} times"))
        if first:
            self._given = Given(self._given.model_timeout_s, self._given.load_timeout_s, result.seen[0].total_s)
            self._health = health["status"]
            result.checks.append(Check("health is ok", health["status"] == "ok", _ailing(health)))
        same = meanwhile["status"] == self._health
        result.checks.append(Check("health is what it was, for nobody else is struck", same, _ailing(meanwhile)))
        await self._afterwards(people[0], result)
        await self._look_for_lost(people, result)
        return result

    async def _afterwards(self, person: Api, result: Result) -> None:
        """The next question, in the same conversation."""
        again = await person.ask(MESSAGE.format(name="suite", number=1), result.seen[0].session_id)
        answered = again.error is None and bool(again.text)
        result.checks += [
            Check("the next question is answered", answered, again.ended),
            Check(
                f"and within {3 * self._given.normal_s + GRACE_S:.1f} s",
                again.total_s <= 3 * self._given.normal_s + GRACE_S,
                f"{again.total_s:.2f} s",
            ),
        ]
        result.seen.append(again)

    async def _look_for_lost(self, people: Sequence[Api], result: Result) -> None:
        """Every message that was sent is in its conversation, with what was told."""
        owners = {f"{result.scenario.name}-{number}": person for number, person in enumerate(people)}
        for seen in result.seen:
            person = owners[seen.session_id.rpartition(".")[0]]
            try:
                _, thread = await person.call("GET", f"/v1/lea/threads/{seen.session_id}")
            except FAILURES:
                thread = {}
            result.lost += not _kept(seen, thread.get("messages", []))
        sent = len(result.seen)
        found = f"{sent - result.lost} of {sent} kept"
        result.checks.append(Check("every message is kept with what was told", result.lost == 0, found))

    async def _strike(self, faults: Sequence[str]) -> None:
        await self._asked("PUT", "/v1/admin/drill/faults", {"faults": list(faults)})

    async def _health_settled(self, wanted: str) -> Any:
        """As wanted, or as it is after some time: one slow look is remembered for a while, and is no outage."""
        for _ in range(HEALTH_LOOKS):
            health = await self._health_now()
            if health["status"] == wanted:
                break
            await asyncio.sleep(1)
        return health

    async def _health_now(self) -> Any:
        try:
            return (await self._admin.call("GET", "/health"))[1]
        except FAILURES as error:
            raise Refused(f"{self._url}: {error or type(error).__name__}") from None

    async def _asked(self, method: str, path: str, body: object = None) -> Any:
        try:
            status, answer = await self._admin.call(method, path, body)
        except FAILURES as error:
            raise Refused(f"{self._url}: {error or type(error).__name__}") from None
        if status >= 400:
            raise Refused(f"{method} {path}: {status} {answer.get('detail', '') if isinstance(answer, dict) else ''}")
        return answer


async def _ask_all(people: Sequence[Api], scenario: Scenario) -> list[Seen]:
    """All at once, each question in a conversation of its own."""
    return await asyncio.gather(
        *(
            person.ask(MESSAGE.format(name=scenario.name, number=number), f"{scenario.name}-{place}.{number}")
            for place, person in enumerate(people)
            for number in range(scenario.questions)
        )
    )


def _ailing(health: Any) -> str:
    """The status, and what is not well."""
    found = health["dependencies"].items()
    ill = [f"{name}: {entry['detail']}" for name, entry in found if entry["status"] != "ok"]
    return f"{health['status']} ({'; '.join(ill)})" if ill else str(health["status"])


def _together(checks: Iterable[Check]) -> list[Check]:
    """The same check of many answers as one: the first that failed speaks for all."""
    found: dict[str, Check] = {}
    for check in checks:
        known = found.setdefault(check.what, check)
        if known.passed and not check.passed:
            found[check.what] = check
    return list(found.values())


def _first_byte(seen: Seen, most_s: float) -> Check:
    found = "never" if seen.first_byte_s is None else f"{seen.first_byte_s:.3f} s"
    return Check(
        f"first byte within {most_s:g} s", seen.first_byte_s is not None and seen.first_byte_s <= most_s, found
    )


def _kept(seen: Seen, messages: Sequence[dict[str, Any]]) -> bool:
    """The message and its answer, as it was on the screen, word for word."""
    if seen.done is None:
        return False
    answer = next((one for one in messages if one["id"] == seen.done["message_id"]), None)
    asked = answer and next((one for one in messages if one["id"] == answer["parent_id"]), None)
    return bool(answer and asked and answer["content"] == seen.text and asked["content"] == seen.message)
