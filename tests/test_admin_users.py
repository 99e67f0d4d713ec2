"""Admins invite people, change and disable them, and give and take keys; what is taken is gone at the next request."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lea.auth.identities import Identities
from lea.auth.permissions import Identity
from lea.auth.standing import Standing, Standings
from lea.handlers.keys import AUTH
from lea.ids import CompanyId, UserId
from tests.conftest import Logged
from tests.fakes import ManualClock
from tests.lea_server import Lea, Person
from tests.model_server import ModelServer
from tests.redis_server import own_redis, patient
from tests.test_two_servers import paired

USERS = "/v1/admin/users"
KEYS = "/v1/admin/keys"
ME = "/v1/auth/me"
PASSWORD = "correct horse battery"
NEWCOMER = {"email": "  Zoe@Example.org ", "name": "Zoé Étienne"}


@pytest.fixture
async def admin(lea: Lea) -> Person:
    return await lea.person("grace@example.org", role="admin")


async def asked(person: Person, status: int, method: str, path: str, body: object = None) -> Any:
    found, answer = await person.call(method, path, body)
    assert found == status, answer
    return answer


async def invited(admin: Person, **more: str) -> tuple[dict[str, Any], str]:
    """Somebody new, and the token of their link."""
    made = await asked(admin, 201, "POST", USERS, NEWCOMER | more)
    return made["user"], made["link"]["url"].partition("#password=")[2]


async def choose(lea: Lea, token: str, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
    body = {"token": token, "password": password}
    async with lea.session.post(lea.url + "/v1/auth/password", json=body) as response:
        return response.status, await response.json()


async def signed_in(lea: Lea, admin: Person, person: Person) -> tuple[Person, str]:
    """The person with an access token, and the refresh token beside it."""
    made = await asked(admin, 201, "POST", f"{USERS}/{person.identity.user_id}/link")
    status, tokens = await choose(lea, made["url"].partition("#password=")[2])
    assert status == 200, tokens
    return Person(lea.session, lea.url, person.identity, tokens["access_token"]), tokens["refresh_token"]


async def refresh(lea: Lea, token: str) -> int:
    async with lea.session.post(lea.url + "/v1/auth/refresh", json={"refresh_token": token}) as response:
        return response.status


def path_of(person: Person) -> str:
    return f"{USERS}/{person.identity.user_id}"


async def test_whoever_is_invited_chooses_a_password_once_and_signs_in(lea: Lea, admin: Person, logged: Logged) -> None:
    user, token = await invited(admin, language="fr")
    assert (user["email"], user["name"], user["role"]) == ("zoe@example.org", "Zoé Étienne", "member")
    assert (user["invited"], user["keys"], user["last_seen"], user["disabled_at"]) == (True, 0, None, None)
    status, problem = await choose(lea, token, "too short")
    assert (status, problem["errors"][0]["path"]) == (400, "password")
    assert (await choose(lea, token))[0] == 200
    assert (await choose(lea, token))[1]["code"] == "link_invalid"
    login = {"email": "zoe@example.org", "password": PASSWORD}
    async with lea.session.post(lea.url + "/v1/auth/login", json=login) as response:
        assert response.status == 200
    listed = await asked(admin, 200, "GET", USERS)
    zoe = listed["users"][-1]
    assert (zoe["id"], zoe["invited"]) == (user["id"], False)
    assert zoe["last_seen"] is not None
    made = next(line for line in logged.named("audit") if line["act"] == "account.made")
    assert (made["who"], made["target"]) == (admin.identity.user_id, user["id"])
    assert token not in str(logged)
    assert PASSWORD not in str(logged)
    assert await lea.sql("SELECT count(*) FROM one_time_links") == [(0,)]


async def test_a_new_link_ends_the_one_before_and_its_use_ends_all_sign_ins(
    lea: Lea, admin: Person, ada: Person
) -> None:
    browser, refresh_token = await signed_in(lea, admin, ada)
    first = (await asked(admin, 201, "POST", path_of(ada) + "/link"))["url"].partition("=")[2]
    second = (await asked(admin, 201, "POST", path_of(ada) + "/link"))["url"].partition("=")[2]
    assert (await choose(lea, first))[0] == 400
    await asked(browser, 200, "GET", ME)
    assert (await choose(lea, second, "another long password"))[0] == 200
    await asked(browser, 401, "GET", ME)
    assert await refresh(lea, refresh_token) == 401


async def test_of_many_who_use_a_link_at_once_one_wins(lea: Lea, admin: Person) -> None:
    _, token = await invited(admin)
    done = await asyncio.gather(*(choose(lea, token, f"password number {number}") for number in range(4)))
    assert sorted(status for status, _ in done) == [200, 400, 400, 400]


async def test_who_is_disabled_is_refused_at_the_very_next_request(
    lea: Lea, admin: Person, ada: Person, logged: Logged
) -> None:
    browser, refresh_token = await signed_in(lea, admin, ada)
    await asked(ada, 200, "GET", ME)
    link = (await asked(admin, 201, "POST", path_of(ada) + "/link"))["url"].partition("=")[2]
    async with await browser.request("GET", "/v1/lea/events") as stream:
        assert await stream.content.readline() == b": ok\n"
        person = await asked(admin, 200, "PATCH", path_of(ada), {"disabled": True})
        async with asyncio.timeout(30):
            await stream.read()
    assert (person["keys"], person["disabled_at"] is None) == (0, False)
    for refused in (browser, ada):
        await asked(refused, 401, "GET", ME)
    assert await refresh(lea, refresh_token) == 401
    assert (await choose(lea, link))[1]["code"] == "link_invalid"
    assert (await asked(admin, 409, "POST", path_of(ada) + "/link"))["code"] == "account_disabled"
    assert [line["who"] for line in logged.named("audit") if line["act"] == "account.disabled"] == [
        admin.identity.user_id
    ]

    await asked(admin, 200, "PATCH", path_of(ada), {"disabled": False})
    for refused in (browser, ada):  # what was ended stays ended
        await asked(refused, 401, "GET", ME)
    login = {"email": "ada@example.org", "password": PASSWORD}
    async with lea.session.post(lea.url + "/v1/auth/login", json=login) as response:
        assert response.status == 200


async def test_a_role_that_is_taken_counts_for_the_next_request_whatever_the_token_says(
    lea: Lea, admin: Person
) -> None:
    other = await lea.person("mary@example.org", role="admin")
    browser, _ = await signed_in(lea, admin, other)
    await asked(browser, 200, "GET", USERS)
    await asked(admin, 200, "PATCH", path_of(other), {"role": "member", "name": "Mary S."})
    for refused in (browser, other):
        assert (await asked(refused, 403, "GET", USERS))["code"] == "forbidden"
        assert (await asked(refused, 200, "GET", ME))["name"] == "Mary S."
    await asked(admin, 200, "PATCH", path_of(other), {"role": "admin"})
    for allowed in (browser, other):
        await asked(allowed, 200, "GET", USERS)


async def test_nobody_takes_their_own_rights_and_one_admin_is_left(lea: Lea, admin: Person) -> None:
    for change in ({"disabled": True}, {"role": "member"}):
        assert (await asked(admin, 409, "PATCH", path_of(admin), change))["code"] == "own_account"
    await asked(admin, 200, "PATCH", path_of(admin), {"name": "Grace H.", "role": "admin", "disabled": False})
    other = await lea.person("mary@example.org", role="admin")
    done = await asyncio.gather(
        admin.call("PATCH", path_of(other), {"role": "member"}),
        other.call("PATCH", path_of(admin), {"disabled": True}),
    )
    assert sorted(status for status, _ in done)[0] == 200
    assert sorted(status for status, _ in done)[1] in {401, 403, 409}
    left = "SELECT count(*) FROM users WHERE role = 'admin' AND disabled_at IS NULL"
    assert await lea.sql(left) == [(1,)]


async def test_another_company_s_people_and_keys_are_not_there(lea: Lea, admin: Person, ada: Person) -> None:
    mallory = await lea.person("mallory@example.org", company="Difference Engines", role="admin")
    key = (await asked(admin, 200, "GET", f"{KEYS}?user_id={ada.identity.user_id}"))["keys"][0]["id"]
    await asked(mallory, 404, "PATCH", path_of(ada), {"disabled": True})
    await asked(mallory, 404, "POST", path_of(ada) + "/link")
    await asked(mallory, 404, "POST", KEYS, {"user_id": ada.identity.user_id, "label": "x"})
    await asked(mallory, 404, "DELETE", f"{KEYS}/{key}")
    assert [one["email"] for one in (await asked(mallory, 200, "GET", USERS))["users"]] == ["mallory@example.org"]
    assert (await asked(mallory, 200, "GET", f"{KEYS}?user_id={ada.identity.user_id}"))["keys"] == []
    taken = await asked(mallory, 409, "POST", USERS, {"email": "ADA@example.org", "name": "Ada"})
    assert taken["code"] == "email_taken"
    await asked(ada, 200, "GET", ME)


async def test_it_is_for_admins_only(ada: Person) -> None:
    users = [("GET", USERS), ("POST", USERS), ("PATCH", USERS + "/u"), ("POST", USERS + "/u/link")]
    keys = [("GET", KEYS), ("POST", KEYS), ("DELETE", KEYS + "/k")]
    for method, path in [*users, *keys, ("GET", "/v1/admin/drills"), ("POST", "/v1/admin/drills")]:
        await asked(ada, 403, method, path, None if method == "GET" else {})


async def test_people_come_in_pages_by_address_and_by_words(lea: Lea, admin: Person) -> None:
    for number in range(4):
        await lea.person(f"p{number}@example.org")
    await invited(admin)
    found: list[str] = []
    path = f"{USERS}?limit=2"
    while True:
        page = await asked(admin, 200, "GET", path)
        assert len(page["users"]) <= 2
        found += [one["email"] for one in page["users"]]
        if page["next_cursor"] is None:
            break
        path = f"{USERS}?limit=2&cursor={page['next_cursor']}"
    assert found == ["grace@example.org", *(f"p{number}@example.org" for number in range(4)), "zoe@example.org"]
    for words in ("etienne", "ZOE@"):
        page = await asked(admin, 200, "GET", f"{USERS}?q={words}")
        assert [one["email"] for one in page["users"]] == ["zoe@example.org"]
    assert (await asked(admin, 200, "GET", f"{USERS}?q=%25"))["users"] == []


async def test_a_page_of_people_that_cannot_be_is_refused(admin: Person) -> None:
    for query in ("limit=0", "limit=101", "cursor=%20", "cursor=AAAA", "cursor=w", f"q={'x' * 201}"):
        await asked(admin, 400, "GET", f"{USERS}?{query}")


async def test_somebody_who_cannot_be_is_refused_by_field(admin: Person) -> None:
    good = {"email": "a@b.fr", "name": "X"}
    for wrong, code in [
        ({"email": "nobody"}, "email_invalid"),
        ({"email": "a@b c"}, "email_invalid"),
        ({"email": f"{'a' * 250}@b.fr"}, "email_invalid"),
        ({"name": " "}, "name_invalid"),
        ({"name": "X" * 201}, "name_invalid"),
        ({"name": "X\nY"}, "name_invalid"),
        ({"role": "root"}, "invalid_request"),
        ({"password": "mine"}, "invalid_request"),
    ]:
        problem = await asked(admin, 400, "POST", USERS, good | wrong)
        assert (problem["code"], problem["errors"][0]["path"]) == (code, *wrong)


async def test_a_change_of_nothing_is_refused(admin: Person, ada: Person) -> None:
    assert (await asked(admin, 400, "PATCH", path_of(ada), {}))["code"] == "nothing_to_change"
    await asked(admin, 404, "PATCH", USERS + "/nobody", {"name": "X"})


async def test_a_key_is_shown_once_and_revoked_at_once(lea: Lea, admin: Person, ada: Person, logged: Logged) -> None:
    made = await asked(admin, 201, "POST", KEYS, {"user_id": ada.identity.user_id, "label": " Export nocturne "})
    program = Person(lea.session, lea.url, ada.identity, made["secret"])
    assert (await asked(program, 200, "GET", ME))["user_id"] == ada.identity.user_id
    listed = (await asked(admin, 200, "GET", KEYS))["keys"]
    assert (listed[0]["label"], listed[0]["email"], listed[0]["revoked_at"]) == (
        "Export nocturne",
        "ada@example.org",
        None,
    )
    assert made["secret"].startswith(listed[0]["begins"])
    assert len(listed[0]["begins"]) == 18
    path = f"{KEYS}/{made['key']['id']}"
    await asked(admin, 204, "DELETE", path)
    await asked(program, 401, "GET", ME)
    await asked(admin, 204, "DELETE", path)
    acts = [line["act"] for line in logged.named("audit") if line["target"] == made["key"]["id"]]
    assert acts == ["key.created", "key.revoked"]
    assert made["secret"].rpartition("_")[2] not in str([*logged, listed])
    revoked = (await asked(admin, 200, "GET", KEYS))["keys"]
    assert revoked[0]["revoked_at"] is not None


async def test_a_person_has_so_many_keys_and_pages_miss_none(admin: Person, ada: Person) -> None:
    whose = {"user_id": ada.identity.user_id}
    for number in range(19):  # one they had
        await asked(admin, 201, "POST", KEYS, {**whose, "label": f"{number}"})
    assert (await asked(admin, 409, "POST", KEYS, {**whose, "label": "one more"}))["code"] == "too_many_keys"
    found: list[str] = []
    path = f"{KEYS}?user_id={ada.identity.user_id}&limit=7"
    while True:
        page = await asked(admin, 200, "GET", path)
        found += [one["id"] for one in page["keys"]]
        if page["next_cursor"] is None:
            break
        path = f"{KEYS}?user_id={ada.identity.user_id}&limit=7&cursor={page['next_cursor']}"
    assert len(found) == len(set(found)) == 20


async def test_other_processes_hear_of_it(tmp_path: Path, model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    patient(monkeypatch)
    with own_redis() as redis:
        async with paired(tmp_path, model, redis) as pair:
            admin = await pair.one.person("grace@example.org", role="admin")
            browser, _ = await signed_in(pair.one, admin, pair.ada)
            there = Person(pair.other.session, pair.other.url, pair.ada.identity, browser.headers["Authorization"][7:])
            for person in (there, pair.also_ada):
                await asked(person, 200, "GET", ME)
            found = await asked(admin, 200, "GET", f"{USERS}?q=ÀDA&limit=1")
            assert [one["email"] for one in found["users"]] == ["ada@example.org"]
            made = await asked(admin, 201, "POST", KEYS, {"user_id": pair.ada.identity.user_id, "label": "x"})
            program = Person(pair.other.session, pair.other.url, pair.ada.identity, made["secret"])
            await asked(program, 200, "GET", ME)
            await asked(admin, 204, "DELETE", f"{KEYS}/{made['key']['id']}")
            await until(program, 401, ME)
            await asked(admin, 200, "PATCH", path_of(pair.ada), {"role": "admin"})
            await until(there, 200, USERS)
            await asked(admin, 200, "PATCH", path_of(pair.ada), {"disabled": True})
            for person in (there, pair.also_ada):
                await until(person, 401, ME)


async def until(person: Person, status: int, path: str) -> None:
    """A signal is on its way to the other process."""
    async with asyncio.timeout(60):
        while (await person.call("GET", path))[0] != status:
            await asyncio.sleep(0.01)


def test_what_is_known_to_be_old_changes_nothing() -> None:
    standings, cut = Standings(ManualClock(), 60), list[str]()
    standings.on_rights = cut.append
    member = Standing(UserId("u"), "member", "Ada", "en", False, 20.0)
    standings.change(member)
    standings.change_here(replace(member, role="admin", at=10.0))
    caller = Identity(UserId("u"), CompanyId("c"), "admin", "Ada", "en", "token")
    assert standings.current(caller).role == "member"
    standings.change_here(replace(member, name="Ada L.", at=30.0))
    assert standings.current(caller).name == "Ada L."
    assert cut == ["u"]  # a name is no right


async def test_where_no_signal_arrives_the_database_tells_it(lea: Lea, admin: Person, ada: Person) -> None:
    browser, _ = await signed_in(lea, admin, ada)
    identities: Identities = lea.app[AUTH].identities
    now = lea.store_now()
    await lea.store.write(
        lambda c: c.exec_driver_sql(
            "UPDATE users SET role = 'admin', changed_at = ? WHERE id = ?", (now, ada.identity.user_id)
        )
    )
    await asked(browser, 403, "GET", USERS)
    await identities.look()
    await asked(browser, 200, "GET", USERS)


async def test_the_reports_of_the_last_drills_are_kept(lea: Lea, admin: Person) -> None:
    mallory = await lea.person("mallory@example.org", company="Difference Engines", role="admin")
    scenario = {"name": "baseline", "result": "passed", "total_s": 1, "told": ["connecting", "done"]}
    for number in range(21):
        failed = {"name": "load", "result": "failed" if number == 20 else "skipped", "failures": ["first byte: never"]}
        body = {"drill_id": f"drill_{number}", "seconds": 60.5, "scenarios": [scenario, failed]}
        await asked(admin, 201, "POST", "/v1/admin/drills", body)
    kept = (await asked(admin, 200, "GET", "/v1/admin/drills"))["drills"]
    assert len(kept) == 20
    assert (kept[0]["ok"], kept[0]["passed"], kept[0]["failed"], kept[0]["skipped"]) == (False, 1, 1, 0)
    assert (kept[1]["ok"], kept[1]["skipped"], kept[1]["seconds"], kept[1]["by"]) == (True, 1, 60.5, "Grace")
    assert kept[0]["scenarios"][0]["told"] == ["connecting", "done"]
    assert (await asked(mallory, 200, "GET", "/v1/admin/drills"))["drills"] == []
    too_many = {"drill_id": "d", "seconds": 1, "scenarios": [scenario] * 31}
    await asked(admin, 400, "POST", "/v1/admin/drills", too_many)
