"""Speaking instead of writing: what is taken, what becomes of it, what it costs, and what is not understood."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import ClientResponse, FormData

from lea.config import Config
from lea.errors import LeaError
from lea.handlers.keys import CONFIG
from lea.llm.prices import NANO
from lea.llm.provider import Answering, Usage
from lea.llm.transcribed_length import LENGTHS
from lea.llm.transcribed_media import Recording, kind_of, look
from lea.llm.transcribing import read, spoken_price
from tests import voice_files as files
from tests.conftest import Logged
from tests.lea_server import Lea, Person, Reading, Told, running, settings
from tests.model_ears import Words
from tests.model_server import Answer, ModelServer, Refusal

CHAT, WORDS = "/v1/lea/chat/voice", "/v1/lea/voice/transcriptions"
SOUND = files.wav(2)
RECORDING = Recording(Path("x"), "wav", len(SOUND), 2.0, "digest")


def form(data: bytes, fields: dict[str, str], *, first: bool = True, name: str = "../../x.txt") -> FormData:
    body = FormData(quote_fields=False)
    if first:
        body.add_field("file", data, filename=name, content_type="text/plain")
    for field, value in fields.items():
        body.add_field(field, value)
    if not first:
        body.add_field("file", data, filename=name, content_type="text/plain")
    return body


async def send(person: Person, path: str, data: bytes, *, first: bool = True, **fields: str) -> ClientResponse:
    body = form(data, fields, first=first)
    return await person.session.post(person.url + path, data=body, headers=person.headers)


async def words(person: Person, data: bytes = SOUND, **fields: str) -> tuple[int, Any]:
    async with await send(person, WORDS, data, **fields) as response:
        return response.status, orjson.loads(await response.read())


async def refused(person: Person, data: bytes, path: str = CHAT, **fields: str) -> tuple[int, str]:
    async with await send(person, path, data, **fields) as response:
        return response.status, (await response.json())["code"]


async def spoken(person: Person, data: bytes = SOUND, **fields: str) -> Told:
    async with await send(person, CHAT, data, **fields) as response:
        assert response.status == 200, await response.text()
        return await Reading(response).rest()


def known(folder: Path, data: bytes, most_s: float = 300) -> Recording | str:
    (folder / "file").write_bytes(data)
    try:
        return look(folder / "file", most_s)
    except LeaError as error:
        return error.reason


@pytest.mark.parametrize(
    ("data", "kind", "seconds"),
    [
        (files.wav(2.5), "wav", 2.5),
        (files.wav(2.5, announced=0), "wav", 2.5),
        (files.wav(2.5, announced=2**32 - 1), "wav", 2.5),
        (files.ogg(3.2), "ogg", 3.2),
        (files.vorbis(4), "ogg", 4),
        (files.mp3(5), "mp3", 5),
        (files.mp3(5, tagged=False), "mp3", 5),
        (files.mp4(6), "mp4", 6),
        (files.mp4(6, fragments=True), "mp4", 6),
        (files.webm(7.5), "webm", 7.5),
        (files.webm(7.5, told=2), "webm", 7.5),
        (files.webm(1, told=9), "webm", 9),
    ],
)
def test_a_recording_is_known_by_what_it_holds_and_so_is_its_length(
    tmp_path: Path, data: bytes, kind: str, seconds: float
) -> None:
    found = known(tmp_path, data)
    assert isinstance(found, Recording)
    assert (found.kind, found.bytes) == (kind, len(data))
    assert found.seconds == pytest.approx(seconds, abs=0.03)
    assert known(tmp_path, data, most_s=seconds - 0.1) == "voice_too_long"


@pytest.mark.parametrize("whole", [files.wav(1), files.ogg(1), files.mp3(1), files.mp4(1), files.webm(1)])
def test_what_is_cut_anywhere_or_garbled_has_some_length_or_none(whole: bytes) -> None:
    kind = kind_of(whole)
    assert kind is not None
    broken = [whole[:end] for end in range(16, min(len(whole), 400))]
    broken += [whole[:place] + b"\xff" * 8 + whole[place + 8 :] for place in range(16, min(len(whole), 200))]
    for data in broken:
        seconds = LENGTHS[kind](data)
        assert seconds is None or seconds >= 0


@pytest.mark.parametrize("data", [b"Bonjour", b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"\xff\xfe" + b"a\0" * 9])
def test_what_is_no_sound_is_refused(tmp_path: Path, data: bytes) -> None:
    assert known(tmp_path, data) == "voice_not_audio"


def test_a_blink_is_nothing(tmp_path: Path) -> None:
    assert known(tmp_path, b"") == known(tmp_path, files.wav(0.05)) == "voice_empty"


def test_a_price_is_of_seconds_or_of_tokens_or_the_settings_or_unknown() -> None:
    def price(model: str, per_minute: float = 0, hint: str = "openai") -> float | None:
        nano = spoken_price(Answering("openai", model, hint), per_minute, Usage(600, 100), 60)
        return None if nano is None else nano / float(NANO)

    assert price("whisper-1") == 0.006
    assert price("gpt-4o-mini-transcribe") == pytest.approx(600 * 3e-6 + 100 * 5e-6)
    assert price("whisper-1", hint="http://127.0.0.1:8000/v1") is None
    assert price("whisper-1", 0.5, hint="http://127.0.0.1:8000/v1") == 0.5


@pytest.mark.parametrize(
    ("usage", "seconds", "prompt", "estimated"),
    [
        (b'{"type":"tokens","input_tokens":14,"output_tokens":45}', 2.0, 14, False),
        (b'{"type":"duration","seconds":3}', 3.0, 30, True),
        (b'{"prompt_audio_seconds":3,"prompt_tokens":9}', 3.0, 30, True),
        (b'{"seconds":-3,"input_tokens":-1,"output_tokens":2}', 2.0, 20, True),
        (b'"a lot"', 2.0, 20, True),
        (b"null", 2.0, 20, True),
    ],
)
def test_usage_is_as_it_is_told_or_else_estimated(usage: bytes, seconds: float, prompt: int, estimated: bool) -> None:
    heard = read(b'{"text":" Bonjour\\u0000 ","usage":' + usage + b"}", RECORDING)
    assert (heard.text, heard.seconds, heard.usage.prompt, heard.usage.estimated) == (
        "Bonjour", seconds, prompt, estimated,
    )  # fmt: skip


async def test_what_is_said_is_a_message_like_any_other(
    lea: Lea, ada: Person, model: ModelServer, logged: Logged
) -> None:
    model.script(Answer("Ils avancent."), Answer("Encore."))
    told = await spoken(ada, session_id="s1", request_id="r1", language="fr")
    assert told.events[0].data["heard"] == {"text": "Où en sont nos dossiers ?", "seconds": 2.0}
    assert (told.text, told.kinds[:2], [one.n for one in told.events[:2]]) == (
        "Ils avancent.", ["connecting", "loading"], [1, 2],
    )  # fmt: skip
    (asked,) = model.ears.recordings
    assert (asked.name, asked.media, asked.data) == ("recording.wav", "audio/wav", SOUND)
    assert asked.fields == {"model": "gpt-4o-mini-transcribe", "language": "fr", "response_format": "json"}
    thread = (await ada.call("GET", "/v1/lea/threads/s1"))[1]
    assert [one["content"] for one in thread["messages"]] == ["Où en sont nos dossiers ?", "Ils avancent."]
    rows = await lea.sql("SELECT prompt_tokens, completion_tokens, estimated FROM usage WHERE purpose = 'voice'")
    assert rows == [(14, 45, False)]
    assert list(lea.app[CONFIG].catalog.beside(lea.app[CONFIG].database.file).iterdir()) == []
    line = logged.named("voice.heard")[0]
    assert (line["kind"], line["seconds"], line["characters"], line["error"]) == ("wav", 2, 25, None)
    assert "dossiers" not in str([one for one in logged if one["event"] != "turn.ended"])

    again = await spoken(ada, session_id="s1", request_id="r1", language="fr")
    assert again.events[0].data == told.events[0].data
    assert again.text == "Ils avancent."
    assert (len(model.ears.recordings), len(model.exchanges)) == (1, 1)
    assert await refused(ada, files.wav(1), session_id="s1", request_id="r1") == (409, "request_id_reused")
    parent = thread["messages"][1]["id"]
    assert (await spoken(ada, files.ogg(1), session_id="s1", parent_message_id=parent)).text == "Encore."
    assert len((await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"]) == 4


async def test_the_same_request_twice_at_once_is_one_turn_and_is_listened_to_once(
    ada: Person, model: ModelServer
) -> None:
    model.ears.script(Words(after=0.3))
    told = await asyncio.gather(*(spoken(ada, session_id="s1", request_id="r1") for _ in range(4)))
    assert {one.events[0].turn_id for one in told} == {told[0].events[0].turn_id}
    assert {one.text for one in told} == {"Bonjour, je suis un modèle de démonstration."}
    assert (len(model.ears.recordings), len(model.exchanges)) == (1, 1)


async def test_words_to_be_looked_at_are_kept_nowhere(lea: Lea, ada: Person, model: ModelServer) -> None:
    assert await words(ada) == (
        200, {"text": "Où en sont nos dossiers ?", "seconds": 2.0, "language": "en"},
    )  # fmt: skip
    assert (await words(ada, files.webm(1.5), first=False, language="de"))[1]["language"] == "de"
    assert [(one.name, one.fields["language"]) for one in model.ears.recordings] == [
        ("recording.wav", "en"),
        ("recording.webm", "de"),
    ]
    assert await lea.sql("SELECT id FROM turns") == []
    costs = (await ada.call("GET", "/v1/llm/costs"))[1]
    assert [(one["purpose"], one["calls"]) for one in costs["by_purpose"]] == [("voice", 2)]
    assert (await ada.call("GET", "/v1/llm/status"))[1]["voice"] == {"max_seconds": 300.0, "max_bytes": 26_214_400}


@pytest.mark.parametrize("said", ["", "  \n "])
async def test_silence_is_told_and_begins_nothing(lea: Lea, ada: Person, model: ModelServer, said: str) -> None:
    model.ears.script(Words(said))
    assert await refused(ada, SOUND, session_id="s1") == (422, "voice_empty")
    assert await refused(ada, b"") == (422, "voice_empty")
    assert await refused(ada, files.wav(0.01)) == (422, "voice_empty")
    assert len(model.ears.recordings) == 1
    assert await lea.sql("SELECT id FROM threads") == []
    assert await lea.sql("SELECT id FROM turns") == []
    assert await lea.sql("SELECT purpose FROM usage") == [("voice",)]


@pytest.mark.parametrize("path", [CHAT, WORDS])
async def test_what_is_not_a_recording_within_the_bounds_is_refused_by_name(
    tmp_path: Path, model: ModelServer, path: str
) -> None:
    bounds = {"max_bytes": 200_000, "max_seconds": 5}
    async with running(settings(tmp_path, llm={"base_url": model.url}, voice=bounds)) as lea:
        ada = await lea.person()
        assert await refused(ada, files.wav(7), path) == (413, "voice_too_large")
        assert await refused(ada, files.mp3(6), path) == (413, "voice_too_long")
        assert await refused(ada, b"%PDF-1.7 and more", path) == (415, "voice_not_audio")
        assert await refused(ada, SOUND, path, language="français") == (400, "invalid_request")
        assert await refused(ada, SOUND, path, colour="x") == (400, "invalid_request")
        assert await refused(ada, SOUND, path, language="x" * 2000) == (400, "invalid_request")
        assert await refused(ada, SOUND, path, **dict.fromkeys("abcdefghij", "x")) == (400, "invalid_request")
        for body in (FormData({"language": "fr"}), {"file": "x"}):
            async with ada.session.post(ada.url + path, data=body, headers=ada.headers) as response:
                assert (response.status, (await response.json())["code"]) == (400, "file_part_missing")

        async def endless() -> AsyncIterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nRIFF0000WAVE'
            for _ in range(1000):
                yield b"\0" * 65_536

        headers = {**ada.headers, "Content-Type": "multipart/form-data; boundary=b"}
        async with ada.session.post(ada.url + path, data=endless(), headers=headers) as response:
            assert (response.status, (await response.json())["code"]) == (413, "voice_too_large")
        async with ada.session.post(ada.url + path, data=form(SOUND, {})) as response:
            assert response.status == 401
        assert model.ears.recordings == []
        assert list(lea.app[CONFIG].catalog.beside(lea.app[CONFIG].database.file).iterdir()) == []


async def test_a_server_that_fails_is_told_as_it_fails_and_asked_again_where_that_may_help(
    tmp_path: Path, model: ModelServer, logged: Logged
) -> None:
    voice = {"retry_pause": 0.001, "breaker_minimum": 100}
    config = settings(tmp_path, llm={"base_url": model.url}, dependencies={"voice": voice})
    ears = model.ears
    async with running(config) as lea:
        ada = await lea.person()
        ears.script(Refusal(500), Refusal(429), Words("Enfin."))
        assert (await words(ada))[1]["text"] == "Enfin."
        for number, (reply, status, code, asked) in enumerate(
            [
                (Refusal(503), 502, "external_api_unavailable", 3),
                (Refusal(401, "invalid_api_key"), 400, "external_api_error", 1),
                (Refusal(400), 400, "external_api_error", 1),
                (Words(body=b"<html>"), 502, "external_api_unavailable", 1),
                (Words(body=b'{"error": "x"}'), 502, "external_api_unavailable", 1),
                (Words(body=b" " * 2_000_000), 502, "external_api_unavailable", 1),
            ]
        ):
            before, ears.default = len(ears.recordings), reply
            assert await refused(ada, files.wav(1 + number / 10)) == (status, code), reply
            assert len(ears.recordings) - before == asked, reply
        ears.default = Words()
        assert [one["error"] for one in logged.named("voice.heard")].count(None) == 1
        assert (await lea.sql("SELECT count(*) FROM turns"))[0][0] == 0
        assert await lea.sql("SELECT prompt_tokens FROM usage WHERE estimated") == []

        ears.script(Refusal(404))
        assert await refused(ada, files.wav(3)) == (400, "voice_needs_model")
        assert (await ada.call("GET", "/v1/llm/status"))[1]["voice"] is None
        assert await refused(ada, files.wav(1)) == (400, "voice_needs_model")


async def test_a_server_that_is_too_slow_is_given_up_at_once_and_did_the_work_all_the_same(
    tmp_path: Path, model: ModelServer
) -> None:
    voice = {"read_timeout": 0.5, "retry_pause": 0.001}
    async with running(settings(tmp_path, llm={"base_url": model.url}, dependencies={"voice": voice})) as lea:
        ada = await lea.person()
        model.ears.default = Words(after=60)
        assert await refused(ada, files.wav(1.3)) == (504, "external_api_timeout")
        assert len(model.ears.recordings) <= 1  # none where the time was over before it was out
        assert await lea.sql("SELECT prompt_tokens FROM usage WHERE estimated") == [(13,)]
        assert await lea.sql("SELECT count(*) FROM turns") == [(0,)]


async def test_without_a_model_or_where_it_is_off_nobody_listens(tmp_path: Path, model: ModelServer) -> None:
    llm = {"base_url": model.url}
    for number, sections in enumerate(({}, {"llm": llm, "voice": {"enabled": False}})):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with running(settings(folder, **sections)) as lea:
            ada = await lea.person()
            assert (await ada.call("GET", "/v1/llm/status"))[1]["voice"] is None
            assert await refused(ada, SOUND) == (400, "voice_needs_model")
            assert await refused(ada, SOUND, WORDS) == (400, "voice_needs_model")
    assert model.ears.recordings == []


async def test_a_server_of_its_own_never_gets_the_models_key(tmp_path: Path, model: ModelServer) -> None:
    llm, voice = {"base_url": "http://127.0.0.1:9/v1", "api_key": "sk-model"}, {"base_url": model.url, "model": "tiny"}
    async with running(settings(tmp_path, llm=llm, voice=voice | {"price_per_minute": 0.6})) as lea:
        ada = await lea.person()
        assert (await words(ada))[0] == 200
        (asked,) = model.ears.recordings
        assert (asked.fields["model"], "sk-model" in asked.key) == ("tiny", False)
        assert await lea.sql("SELECT cost_nano_usd FROM usage") == [(20_000_000,)]


async def test_speaking_is_counted_with_what_else_asks_the_model_and_paid_from_the_budget(
    tmp_path: Path, model: ModelServer
) -> None:
    def config(folder: Path, **more: Any) -> Config:
        return settings(folder, llm={"base_url": model.url}, **more)

    async with running(config(tmp_path, limits={"chat_per_minute": 2})) as lea:
        ada = await lea.person()
        await ada.ask("Bonjour")
        async with await send(ada, CHAT, SOUND, request_id="r1") as response:
            assert response.headers["RateLimit"].startswith('"chat";r=0')
            assert (await Reading(response).rest()).text
        assert (await spoken(ada, request_id="r1")).text  # attaching is not counted
        async with await send(ada, WORDS, files.wav(1)) as response:
            assert (response.status, "Retry-After" in response.headers) == (429, True)
        eve = await lea.person("eve@example.org", role="admin")
        body = {"user_id": eve.identity.user_id, "soft_usd": None, "hard_usd": 0}
        assert (await eve.call("PUT", "/v1/admin/budgets", body))[0] == 200
        assert await refused(eve, SOUND) == (402, "budget_exceeded")
        assert len(model.ears.recordings) == 1
