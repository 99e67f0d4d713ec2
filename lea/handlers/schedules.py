"""What somebody wants asked at set times: made, changed, paused, deleted and brought back, asked at once."""

import asyncio
from functools import partial
from typing import Any

from aiohttp import web

from lea.actions.schedules.asks import check, thread_of
from lea.errors import Conflict, NotFound
from lea.handlers.keys import CLOCK, CONFIG, DUES, STORE
from lea.handlers.routes import Body, Call, Empty, Routes, client_id, json_response
from lea.handlers.schedules_answers import (
    ScheduleAnswer,
    ScheduleBody,
    ScheduleChange,
    ScheduleList,
    ScheduleNow,
    schedule_answer,
)
from lea.ids import RunId, ThreadId, derived_id, new_id
from lea.schedules.rule import Rule, after
from lea.schedules.zones import zone
from lea.store import schedules as rows
from lea.store import threads
from lea.store.schedules import Connection, NewSchedule, Schedule, State

MOST = 200
WHEN = frozenset(Rule.model_fields)

routes = Routes("schedules")


@routes.add("GET", "/v1/lea/schedules", answer=ScheduleList)
async def list_schedules(call: Call[Empty]) -> web.StreamResponse:
    """The caller's scheduled asks, what comes next first."""
    user_id, settings = call.identity.user_id, call.app[CONFIG].schedules
    found = await call.app[STORE].read(lambda connection: rows.all_of(connection, user_id, MOST))
    answers = [await _answer(call, one) for one in found]
    return json_response({"schedules": answers, "time_zone": settings.time_zone, "most": settings.per_user})


@routes.add("POST", "/v1/lea/schedules", body=ScheduleBody, answer=ScheduleAnswer, status=201)
async def create(call: Call[ScheduleBody]) -> web.StreamResponse:
    """Have something asked at set times; with a `request_id` sent before, the one that was made then."""
    body, who, settings = call.body, call.identity, call.app[CONFIG].schedules
    said = {name: value for name, value in body.model_dump(exclude_none=True).items() if name in WHEN}
    rule = await asyncio.to_thread(Rule.read, {"time_zone": settings.time_zone, **said})
    now = call.app[CLOCK].now()
    first = check(body.text, rule, now)
    schedule_id = derived_id("sc", who.user_id, body.request_id) if body.request_id else new_id("sc")
    thread_id = ThreadId(body.thread_id) if body.thread_id else thread_of(schedule_id)
    new = NewSchedule(
        schedule_id,
        who.company_id,
        who.user_id,
        body.text,
        rule.plain(),
        body.language or call.language,
        thread_id,
        first,
    )

    def unit(connection: Connection) -> Schedule:
        _known_thread(connection, call, body.thread_id)
        return rows.create(connection, new, settings.per_user, now)

    made = await call.app[STORE].write(unit)
    return await _changed(call, made, 201)


@routes.add("GET", "/v1/lea/schedules/{id}", answer=ScheduleAnswer)
async def read(call: Call[Empty]) -> web.StreamResponse:
    """One of the caller's scheduled asks."""
    return json_response(await _answer(call, await _own(call)))


@routes.add("PATCH", "/v1/lea/schedules/{id}", body=ScheduleChange, answer=ScheduleAnswer)
async def change(call: Call[ScheduleChange]) -> web.StreamResponse:
    """Change what is asked or when, pause it or go on; another `every` needs its days anew."""
    body, one, now = call.body, await _own(call), call.app[CLOCK].now()
    said = body.model_dump(exclude_none=True)
    given = {name: value for name, value in said.items() if name in WHEN}
    rule = await asyncio.to_thread(Rule.model_validate(one.rule).changed, given)
    text, state = str(said.get("text", one.text)), _state(one, body.state, changed=bool(given))
    first = check(text, rule, now) if state == "active" else None
    values: dict[str, Any] = {"text": text, "rule": rule.plain(), "state": state, "next_at": first}
    values |= {name: said[name] for name in ("language", "thread_id") if name in said}

    def unit(connection: Connection) -> Schedule:
        _known_thread(connection, call, body.thread_id)
        return rows.change(connection, call.identity.user_id, one.id, now, **values)

    return await _changed(call, await call.app[STORE].write(unit))


@routes.add("DELETE", "/v1/lea/schedules/{id}", status=204)
async def remove(call: Call[Empty]) -> web.StreamResponse:
    """Delete one; for 24 h it can be brought back. What was answered stays in its conversation."""
    schedule_id, user_id, now = client_id(call.request), call.identity.user_id, call.app[CLOCK].now()
    await call.app[STORE].write(lambda connection: rows.put_aside(connection, user_id, schedule_id, now))
    call.app[DUES].changed(user_id, schedule_id, "ended")
    return web.Response(status=204)


@routes.add("POST", "/v1/lea/schedules/{id}/restore", answer=ScheduleAnswer)
async def restore(call: Call[Empty]) -> web.StreamResponse:
    """Bring back one that was deleted in the last 24 h, as it was; moments that passed are not made up for."""
    schedule_id, user_id, now = client_id(call.request), call.identity.user_id, call.app[CLOCK].now()
    one = await call.app[STORE].read(lambda connection: rows.deleted(connection, user_id, schedule_id, now))
    await asyncio.to_thread(zone, one.rule["time_zone"])
    following = after(Rule.model_validate(one.rule), now) if one.state == "active" else None
    state: State = "ended" if one.state == "active" and following is None else one.state
    unit = partial(rows.bring_back, user_id=user_id, schedule_id=schedule_id, next_at=following, state=state, now=now)
    return await _changed(call, await call.app[STORE].write(unit))


@routes.add("POST", "/v1/lea/schedules/{id}/run", body=ScheduleNow, answer=ScheduleAnswer, status=202)
async def run(call: Call[ScheduleNow]) -> web.StreamResponse:
    """Ask it at once, beside its times; it counts as any question does. 409 while it is being asked."""
    one = await _own(call)
    run_id = RunId(derived_id("run", one.id, "now", call.body.request_id) if call.body.request_id else new_id("run"))
    await call.app[DUES].now(one, run_id)
    return json_response(await _answer(call, await _own(call)), 202)


def _state(one: Schedule, wanted: str | None, *, changed: bool) -> State:
    """What is over goes on only at other times. Raises Conflict(`schedule_past`)."""
    if one.state == "ended" and not changed:
        if wanted is not None:
            raise Conflict("schedule_past")
        return "ended"
    if wanted == "paused":
        return "paused"
    return "active" if wanted == "active" or one.state == "ended" else one.state


def _known_thread(connection: Connection, call: Call[Body], name: str | None) -> None:
    """Raises NotFound for a conversation that is not the caller's."""
    if name is not None and threads.get(connection, call.identity.user_id, ThreadId(name)) is None:
        raise NotFound


async def _own(call: Call[Body]) -> Schedule:
    schedule_id, user_id = client_id(call.request), call.identity.user_id
    return await call.app[STORE].read(lambda connection: rows.get(connection, user_id, schedule_id))


async def _changed(call: Call[Body], one: Schedule, status: int = 200) -> web.Response:
    call.app[DUES].changed(call.identity.user_id, one.id, one.state, one.last_result)
    return json_response(await _answer(call, one), status)


async def _answer(call: Call[Body], one: Schedule) -> dict[str, Any]:
    await asyncio.to_thread(zone, one.rule["time_zone"])  # of which there are few, each read from the disk once
    return schedule_answer(one, call.language, call.app[CLOCK].now())
