"""The whole server on a real PostgreSQL: tests of other files, run again, and what only a server of databases does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lea.config import Database
from lea.store.engine import Store
from lea.tasks import TaskOwner
from tests import test_auth_service, test_chat_stream, test_continue, test_following, test_sample, test_threads
from tests.auth_parts import AuthParts, auth_parts, newcomer
from tests.lea_server import Lea, Person, running, settings
from tests.model_server import Answer, ModelServer
from tests.postgres import fresh_database

AGAIN = (
    test_chat_stream.test_a_second_message_waits_its_turn_visibly,
    test_chat_stream.test_a_turn_is_told_in_order_and_numbered_without_gaps,
    test_chat_stream.test_a_conversation_is_remembered_after_its_session_has_left_memory,
    test_chat_stream.test_the_message_is_committed_before_anything_of_the_answer_is_told,
    test_chat_stream.test_done_comes_after_the_answer_is_saved,
    test_chat_stream.test_the_json_door_is_the_same_turn,
    test_chat_stream.test_a_cut_in_mid_answer_keeps_the_text_says_so_and_still_ends_with_done,
    test_chat_stream.test_the_same_request_attaches_to_its_turn_from_the_start,
    test_chat_stream.test_a_request_id_with_another_body_is_refused,
    test_chat_stream.test_turn_and_thread_follow_from_user_and_request,
    test_chat_stream.test_stop_ends_the_model_call_and_keeps_what_was_said,
    test_chat_stream.test_regenerate_answers_the_last_message_again,
    test_chat_stream.test_a_message_can_branch_off_an_earlier_one,
    test_chat_stream.test_a_parent_of_another_thread_is_not_found_and_nothing_is_written,
    test_continue.test_a_stopped_answer_is_gone_on_with,
    test_continue.test_live_answers_are_checkpointed_together,
    test_following.test_the_cursor_of_done_gets_204_and_then_the_next_live_turn,
    test_threads.test_the_list_has_the_last_used_first_in_pages,
    test_threads.test_rename,
    test_threads.test_pinned_conversations_are_told_with_the_first_page_however_old,
    test_threads.test_an_archived_conversation_is_in_its_own_list_and_found,
    test_threads.test_forgetting_leaves_nothing_behind,
    test_threads.test_deleting_stops_the_answer_and_the_name_can_be_used_again,
    test_threads.test_search_finds_titles_and_messages_and_nothing_of_others,
    test_threads.test_signs_in_a_search_stand_for_themselves,
    test_threads.test_export,
    test_threads.test_a_live_turn_is_named,
    test_auth_service.test_a_new_setup_link_replaces_the_earlier_one,
    test_auth_service.test_a_setup_link_ends_with_its_time_and_with_the_first_account,
    test_auth_service.test_a_signin_link_signs_its_user_in_once,
    test_auth_service.test_login_ignores_case_and_blanks_around_the_address,
    test_auth_service.test_a_sign_in_lasts_as_long_as_it_is_refreshed_within_its_days,
    test_auth_service.test_two_tabs_that_refresh_at_once_get_the_same_successor,
    test_auth_service.test_logout_ends_the_sign_in_at_once_and_again_is_no_different,
    test_auth_service.test_a_cookie_older_than_the_predecessor_stands_for_nobody,
    test_auth_service.test_a_key_with_another_secret_an_unknown_key_and_nonsense_are_refused,
    test_auth_service.test_users_of_one_company_name_share_it_and_others_do_not,
    test_sample.test_the_sample_has_every_kind_stage_department_and_state,
    test_sample.test_loading_the_sample_again_adds_nothing_and_undoes_nothing,
    test_sample.test_the_offline_engine_answers_from_the_database,
)
globals().update({test.__name__: test for test in AGAIN})


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with fresh_database() as url:
        yield url


@pytest.fixture
async def parts(tmp_path: Path, url: str) -> AsyncIterator[AuthParts]:
    async with auth_parts(tmp_path, url=url) as parts:
        yield parts


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    tasks = TaskOwner()
    store = Store(Database(url=url), tasks)
    await store.write(test_sample.company)
    yield store
    await store.aclose()
    await tasks.aclose()


@pytest.fixture
async def lea(tmp_path: Path, url: str, model: ModelServer) -> AsyncIterator[Lea]:
    async with running(settings(tmp_path, database={"url": url}, llm={"base_url": model.url})) as server:
        assert server.store.dialect == "postgresql"
        yield server


async def test_the_same_request_to_two_servers_at_once_is_one_turn_and_one_model_call(
    tmp_path: Path, url: str, lea: Lea, ada: Person, model: ModelServer
) -> None:
    model.script(Answer("un deux trois", every=0.001))
    async with running(settings(tmp_path, database={"url": url}, llm={"base_url": model.url})) as other:
        also_ada = Person(other.session, other.url, ada.identity, ada.headers["Authorization"].partition(" ")[2])
        await asyncio.gather(
            *(person.ask("Compte", session_id="s1", request_id="r1") for person in (ada, also_ada, ada, also_ada))
        )
    assert len(model.exchanges) == 1
    assert await lea.sql("SELECT count(*) FROM turns") == [(1,)]


async def test_an_address_has_one_account_even_when_two_ask_at_once(parts: AuthParts) -> None:
    make = (parts.service.enrolment.add_user(newcomer(), "member") for _ in range(5))
    outcomes = await asyncio.gather(*make, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes if isinstance(outcome, Exception)) == ["Conflict"] * 4


@pytest.mark.parametrize("words", ["ÉTÉ", "été", "Été"])
async def test_a_search_knows_capitals_with_accents(lea: Lea, ada: Person, words: str) -> None:
    await ada.ask("L'été dernier", session_id="s1")
    _, found = await ada.call("GET", f"/v1/lea/threads/search?q={words}")
    assert [thread["id"] for thread in found["threads"]] == ["s1"]


async def test_an_answer_may_hold_what_the_database_cannot(lea: Lea, ada: Person, model: ModelServer) -> None:
    """PostgreSQL keeps no NUL character."""
    model.script(Answer("zéro \x00 et \U0001f600"))
    told = await ada.ask("Bonjour", session_id="s1")
    assert told.done["finish_reason"] == "stop"
    _, thread = await ada.call("GET", "/v1/lea/threads/s1")
    assert thread["messages"][1]["content"] == told.text.replace("\x00", "\ufffd")
