"""What people want asked at set times is asked then, once, with their own rights and money, and they are told."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from lea.handlers.keys import DUES
from lea.records.sample import load_sample
from tests.lea_server import Lea, Person
from tests.model_server import Answer, Call, ModelServer, Refusal
from tests.postgres import fresh_database
from tests.schedule_parts import MONDAY, at, made, one, said, settled
from tests.test_actions import actions, confirms

POINT = "Fais-moi le point des factures"
SATURDAY = "2026-11-21 09:00"


async def test_each_monday_it_is_asked_once_in_a_conversation_of_its_own(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        bob = await timed.lea.person("bob@example.org")
        new = await made(ada)
        assert (new["when"], new["state"], new["last"]) == ("every Monday at 08:00", "active", None)
        assert new["next"] == ["2026-11-23T07:00:00.000Z", "2026-11-30T07:00:00.000Z", "2026-12-07T07:00:00.000Z"]
        his = await made(bob, text="Et moi ?")
        await timed.until("2026-11-23 07:59")
        assert model.exchanges == []
        model.default = Answer("Trois factures.")
        await timed.until("2026-11-23 08:00")
        await timed.lea.app[DUES].look()
        done = await settled(ada, new["id"])
        assert done["last"]["result"] == "answered"
        assert (done["last"]["due_at"], done["last"]["error"]) == ("2026-11-23T07:00:00.000Z", None)
        assert done["next"][0] == "2026-11-30T07:00:00.000Z"
        assert (await settled(bob, his["id"]))["last"]["result"] == "answered", "both at once, none waits for another"
        assert await said(ada, new["thread_id"]) == [("user", POINT), ("assistant", "Trois factures.")]
        await timed.until("2026-11-30 08:00:01")
        async with asyncio.timeout(30):
            while len(model.exchanges) < 4:
                await timed.lea.app[
                    DUES
                ].look()  # the run before ends a moment after it has told; till then none begins
                await asyncio.sleep(0.02)
        assert (await settled(ada, new["id"]))["last"]["result"] == "answered"
        assert len(await said(ada, new["thread_id"])) == 4
        assert len(await timed.lea.sql("SELECT id FROM runs")) == 4


async def test_nobody_else_hears_of_it(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        others = [await timed.lea.person("bob@example.org"), await timed.lea.person("eve@example.net", "Elsewhere")]
        new = await made(ada)
        await timed.until("2026-11-23 08:00")
        run_id = (await settled(ada, new["id"]))["last"]["run_id"]
        path = f"/v1/lea/schedules/{new['id']}"
        for other in others:
            for method, where, body in (
                ("GET", path, None),
                ("PATCH", path, {"state": "paused"}),
                ("DELETE", path, None),
                ("POST", f"{path}/run", {}),
                ("POST", f"{path}/restore", {}),
                ("GET", f"/v1/catalog/run/{run_id}", None),
                ("POST", f"/v1/catalog/run/{run_id}/cancel", {}),
            ):
                assert (await other.call(method, where, body))[0] == 404, (method, where)
            assert (await other.call("GET", "/v1/lea/schedules"))[1]["schedules"] == []
            assert (await other.call("GET", "/v1/catalog/jobs"))[1]["jobs"] == []
            latest = await other.call("GET", "/v1/catalog/latest-run")
            assert latest[1]["run"] is None
        assert (await ada.call("GET", f"/v1/catalog/run/{run_id}"))[1]["pipeline"] == "scheduled_ask"
        assert (await ada.call("GET", "/v1/catalog/running-status"))[1]["is_running"] is False


async def test_of_two_servers_that_look_at_once_one_begins_it(tmp_path: Path, model: ModelServer) -> None:
    model.default = Answer("Trois factures.")
    async with (
        fresh_database() as url,
        at(tmp_path, SATURDAY, model, database={"url": url}) as here,
        at(tmp_path, SATURDAY, model, database={"url": url}) as there,
    ):
        ada = await here.lea.person()
        plans = [await made(ada, text=f"{POINT} de {month}") for month in ("mai", "juin", "juillet")]
        await asyncio.gather(here.until("2026-11-23 08:00"), there.until("2026-11-23 08:00"))
        for plan in plans:
            assert (await settled(ada, plan["id"]))["last"]["result"] == "answered"
            assert len(await said(ada, plan["thread_id"])) == 2
        assert len(await here.lea.sql("SELECT id FROM runs")) == 3
        assert len(model.exchanges) == 3


async def test_what_was_missed_for_hours_is_asked_late_and_says_so(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        new = await made(ada, language="fr")
        await timed.until("2026-11-23 11:00")
        assert (await settled(ada, new["id"]))["last"]["late_s"] == 3 * 3600
        asked = (await said(ada, new["thread_id"]))[0][1].replace("\u00a0", " ")
        note = "(Demande prévue lundi 23 novembre 2026 à 8 h, envoyée en retard : le serveur était arrêté.)"
        assert asked == f"{POINT}\n\n{note}"


async def test_what_was_missed_for_a_day_is_left_out_and_told(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        new = await made(ada)
        only = await made(ada, every="once", days=[], date="2026-11-23")
        await timed.until("2026-11-24 08:01")
        passed, over = await one(ada, new["id"]), await one(ada, only["id"])
        assert (passed["last"]["result"], passed["state"], passed["next"][0][:10]) == ("missed", "active", "2026-11-30")
        assert (over["last"]["result"], over["state"], over["next"]) == ("missed", "ended", [])
        assert "too long" in passed["last"]["detail"]
        assert model.exchanges == []


@pytest.mark.parametrize("how", ["budget", "model", "cancelled"])
async def test_what_kept_it_from_being_answered_is_told(tmp_path: Path, model: ModelServer, how: str) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        admin = await timed.lea.person("root@example.org", role="admin")
        new = await made(ada, text="Explique-moi la vie, en détail et avec des exemples")
        if how == "budget":
            body = {"user_id": ada.identity.user_id, "soft_usd": 0, "hard_usd": 0}
            assert (await admin.call("PUT", "/v1/admin/budgets", body))[0] == 200
        model.default = Answer("…", first_after=60) if how == "cancelled" else Refusal(401)
        await timed.until("2026-11-23 08:00")
        if how == "cancelled":
            await model.exchange(0)
            run_id = (await one(ada, new["id"]))["last"]["run_id"]
            assert (await ada.call("POST", f"/v1/catalog/run/{run_id}/cancel", {}))[0] == 202
            async with asyncio.timeout(30):
                while (await one(ada, new["id"]))["last"]["result"] == "running":
                    await timed.lea.app[DUES].look()
                    await asyncio.sleep(0.02)
            assert (await one(ada, new["id"]))["last"]["result"] == "stopped"
            return
        last = (await settled(ada, new["id"]))["last"]
        code = {"budget": "user_budget_exceeded", "model": "model_key_refused"}[how]
        assert (last["result"], last["error"]) == ("failed", code)
        assert last["detail"].startswith("Not answered: ")
        assert (await said(ada, new["thread_id"]))[0][0] == "user", "its conversation shows it too"


async def test_who_is_disabled_is_not_asked_for(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        admin = await timed.lea.person("root@example.org", role="admin")
        new = await made(ada)
        path = f"/v1/admin/users/{ada.identity.user_id}"
        assert (await admin.call("PATCH", path, {"disabled": True}))[0] == 200
        await timed.until("2026-11-23 08:00")
        assert model.exchanges == []
        state = await timed.lea.sql("SELECT state, last_result, next_at FROM schedules WHERE id = ?", new["id"])
        assert state == [("paused", "disabled", None)]
        assert await timed.lea.sql("SELECT id FROM runs") == []


async def test_what_the_model_proposes_at_a_set_time_still_asks(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        new = await made(ada, text="Fais le nécessaire pour la rue de la Paix")
        wanted = {"kind": "sale", "address": "12 rue de la Paix, Paris"}
        model.script(Answer(calls=(Call("create_transaction", json.dumps(wanted)),)))
        await timed.until("2026-11-23 08:00")
        assert (await settled(ada, new["id"]))["last"]["result"] == "answered"
        asked = (await ada.call("GET", "/v1/lea/confirmations?state=asked"))[1]["confirmations"]
        assert [(confirm["name"], confirm["thread_id"]) for confirm in asked] == [
            ("create_transaction", new["thread_id"])
        ]
        assert (await ada.call("GET", "/v1/transactions"))[1]["total"] == 0
        for text in ("Oui", "ok, vas-y", "Annule ça", "chaque lundi à 8 h, liste les tâches ouvertes"):
            status, problem = await ada.call("POST", "/v1/lea/schedules", {**MONDAY, "text": text})
            assert (status, problem["code"]) == (400, "schedule_of_schedules"), text


async def test_what_cannot_be_scheduled_is_refused(tmp_path: Path) -> None:
    async with at(tmp_path, SATURDAY, schedules={"per_user": 2}) as timed:
        ada = await timed.lea.person()
        for wrong, code in (
            ({"text": " "}, "schedule_text_invalid"),
            ({"text": "x" * 2001}, "schedule_text_invalid"),
            ({"text": "a\0b"}, "schedule_text_invalid"),
            ({"time": "25:00"}, "schedule_time_invalid"),
            ({"days": []}, "schedule_incomplete"),
            ({"time_zone": "Europe/Atlantis"}, "time_zone_unknown"),
            ({"every": "hour"}, "invalid_request"),
        ):
            status, problem = await ada.call("POST", "/v1/lea/schedules", {**MONDAY, **wrong})
            assert (status, problem["code"]) == (400, code), wrong
        past = {**MONDAY, "every": "once", "days": [], "date": "2026-11-20"}
        assert (await ada.call("POST", "/v1/lea/schedules", past))[1]["code"] == "schedule_past"
        assert (await ada.call("POST", "/v1/lea/schedules", {**MONDAY, "thread_id": "nowhere"}))[0] == 404
        first = await made(ada, request_id="r1")
        assert (await made(ada, request_id="r1"))["id"] == first["id"], "sent twice it is one"
        await made(ada)
        status, problem = await ada.call("POST", "/v1/lea/schedules", MONDAY)
        assert (status, problem["code"]) == (409, "schedules_full")
        assert "2" in problem["detail"]


async def test_it_is_changed_paused_deleted_and_brought_back(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        await ada.ask("Bonjour", session_id="mine")
        new = await made(ada)
        path = f"/v1/lea/schedules/{new['id']}"
        status, paused = await ada.call("PATCH", path, {"state": "paused"})
        assert (status, paused["state"], paused["next"]) == (200, "paused", [])
        await timed.until("2026-11-23 08:00")
        assert len(model.exchanges) == 1, "only Bonjour"
        change = {"state": "active", "every": "month", "day_of_month": 1, "time": "09:30", "thread_id": "mine"}
        status, changed = await ada.call("PATCH", path, change)
        assert (changed["when"], changed["next"][0]) == (
            "on the 1st of every month at 09:30",
            "2026-12-01T08:30:00.000Z",
        )
        assert (await ada.call("PATCH", path, {"every": "week"}))[1]["code"] == "schedule_incomplete"
        assert (await ada.call("PATCH", path, {"text": "Oui"}))[0] == 400
        assert (await ada.call("DELETE", path))[0] == 204
        assert (await ada.call("GET", path))[0] == 404
        await timed.until("2026-12-01 09:30")
        assert len(model.exchanges) == 1
        status, back = await ada.call("POST", f"{path}/restore", {})
        assert status == 404, "a day is over"
        again = await made(ada, thread_id="mine")
        assert (await ada.call("DELETE", f"/v1/lea/schedules/{again['id']}"))[0] == 204
        status, back = await ada.call("POST", f"/v1/lea/schedules/{again['id']}/restore", {})
        assert (status, back["state"], back["next"][0]) == (200, "active", "2026-12-07T07:00:00.000Z")
        await timed.until("2026-12-07 08:00")
        assert (await settled(ada, again["id"]))["last"]["result"] == "answered"
        assert [text for role, text in await said(ada, "mine") if role == "user"] == ["Bonjour", POINT]


async def test_it_is_asked_at_once_and_not_twice_at_the_same_time(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        new = await made(ada)
        path = f"/v1/lea/schedules/{new['id']}/run"
        gate = asyncio.Semaphore(0)
        model.script(Answer("Voilà.", gate=gate))
        status, begun = await ada.call("POST", path, {"request_id": "r1"})
        assert (status, begun["last"]["result"]) == (202, "running")
        assert (await ada.call("POST", path, {"request_id": "r1"}))[0] == 202
        status, problem = await ada.call("POST", path, {})
        assert (status, problem["code"]) == (409, "schedule_running")
        await timed.until("2026-11-23 08:00")
        assert len(await timed.lea.sql("SELECT id FROM runs")) == 1, "the next one waits for its end"
        gate.release()
        async with asyncio.timeout(30):
            while len(await timed.lea.sql("SELECT id FROM runs")) == 1:
                await timed.lea.app[DUES].look()
                await asyncio.sleep(0.02)
        assert (await settled(ada, new["id"]))["last"]["result"] == "answered"
        assert len(model.exchanges) == 2


async def with_sample(lea: Lea, person: Person) -> None:
    company_id, now = person.identity.company_id, lea.store_now()
    await lea.store.write(lambda connection: load_sample(connection, company_id, now))


async def test_in_plain_words_without_a_model(tmp_path: Path) -> None:
    async with at(tmp_path, SATURDAY) as timed:
        ada = await timed.lea.person()
        await with_sample(timed.lea, ada)
        told = await ada.ask("chaque lundi à 8 h, quelles sont les tâches en attente ?", session_id="s1")
        assert [act["state"] for act in actions(told)] == ["running", "succeeded"]
        assert "sera demandé chaque lundi à 8" in told.text.replace("\u00a0", " ")
        listed = await ada.ask("mes demandes programmées", session_id="s1")
        assert "lundi 23 novembre 2026" in listed.text.replace("\u00a0", " ")
        [new] = (await ada.call("GET", "/v1/lea/schedules"))[1]["schedules"]
        await timed.until("2026-11-23 08:00")
        assert (await settled(ada, new["id"]))["last"]["result"] == "answered"
        assert len(await said(ada, new["thread_id"])) == 2
        gone = await ada.ask("annule la demande programmée des tâches", session_id="s1")
        assert actions(gone)[-1]["state"] == "succeeded"
        assert (await ada.call("GET", "/v1/lea/schedules"))[1]["schedules"] == []
        back = await ada.ask("annule ça", session_id="s1")
        assert actions(back)[-1]["state"] == "undone"
        [again] = (await ada.call("GET", "/v1/lea/schedules"))[1]["schedules"]
        assert (again["id"], again["next"][0][:10]) == (new["id"], "2026-11-30")
        late = await ada.ask("chaque lundi, fais-moi le point des tâches", session_id="s2")
        assert "À quelle heure ?" in late.text.replace("\u00a0", " ")


async def test_what_the_model_proposes_is_scheduled_once_it_is_approved(tmp_path: Path, model: ModelServer) -> None:
    async with at(tmp_path, SATURDAY, model) as timed:
        ada = await timed.lea.person()
        wanted: dict[str, Any] = {"text": POINT, "every": "week", "days": ["monday"], "time": "08:00"}
        model.script(Answer(calls=(Call("schedule_ask", json.dumps(wanted)),)))
        told = await ada.ask("Tu pourrais t'en occuper toutes les semaines ?", session_id="s1")
        [asked] = confirms(told)
        facts = {fact["name"]: fact["after"].replace("\u00a0", " ") for fact in asked["facts"]}
        assert facts["schedule_text"] == POINT
        assert facts["schedule_when"] in {"chaque lundi à 8 h", "every Monday at 08:00"}
        assert facts["schedule_next"].count(";") == 2
        assert (await ada.call("GET", "/v1/lea/schedules"))[1]["schedules"] == []
        status, _ = await ada.call("POST", f"/v1/lea/confirmations/{asked['id']}", {"decision": "approve"})
        assert status == 200
        [new] = (await ada.call("GET", "/v1/lea/schedules"))[1]["schedules"]
        assert (new["text"], new["time_zone"]) == (POINT, "Europe/Paris")
        [(receipt,)] = await timed.lea.sql("SELECT id FROM action_calls WHERE name = 'schedule_ask'")
        assert (await ada.call("POST", f"/v1/lea/actions/{receipt}/undo", {}))[0] == 200
        assert (await ada.call("GET", "/v1/lea/schedules"))[1]["schedules"] == []
