"""`lea chat` as a person meets it: a real terminal, a real server, the keys they press."""

import asyncio
import os
import re
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from lea.cli.chat import chat
from lea.cli.chatting.screen import CONTROLS, exact
from lea.cli.chatting.words import WORDS, language
from lea.handlers.keys import AUTH
from tests.fault_proxy import FaultProxy
from tests.lea_server import Lea, Person
from tests.model_server import Answer, Call, ModelServer, Refusal
from tests.test_actions import VAGUE, file_of, with_files
from tests.test_process import ROOT

BOUND_S = 60
CTRL_C, CTRL_D = b"\x03", b"\x04"
STYLING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def environ(lea_home: Path, person: Person, locale: str) -> dict[str, str]:
    key = person.headers["Authorization"].removeprefix("Bearer ")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(lea_home),
        "XDG_STATE_HOME": str(lea_home / "state"),
        "LEA_KEY": key,
        "LANG": locale,
        "TERM": "xterm",
    }


class Terminal:
    """The other end of a pseudo-terminal: what is on the screen, and a keyboard."""

    def __init__(self, reader: asyncio.StreamReader, keyboard: int, process: asyncio.subprocess.Process) -> None:
        self._reader = reader
        self._keyboard = keyboard
        self.process = process
        self.seen = ""
        """Everything that was shown, without what moves the cursor."""
        self._read = 0

    def press(self, keys: bytes | str) -> None:
        os.write(self._keyboard, keys if isinstance(keys, bytes) else keys.encode() + b"\r")

    async def until(self, text: str) -> None:
        """Shown after what was waited for before."""
        async with asyncio.timeout(BOUND_S):
            while text not in self.seen[self._read :]:
                data = await self._reader.read(4096)
                assert data, self.seen
                self.seen = STYLING.sub("", self.seen + data.decode(errors="replace"))
        self._read = self.seen.index(text, self._read) + len(text)

    async def leave(self, keys: bytes) -> int:
        """The exit code. A signal between a prompt and the wait for a key is noticed with the next one."""
        async with asyncio.timeout(BOUND_S):
            while self.process.returncode is None:
                self.press(keys)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.process.wait(), 10)
        return self.process.returncode


@asynccontextmanager
async def terminal(given: dict[str, str], *arguments: str) -> AsyncIterator[Terminal]:
    master, slave = os.openpty()
    process = await asyncio.create_subprocess_exec(
        "setsid", "--ctty", sys.executable, "-m", "lea", "chat", *arguments,
        cwd=ROOT, env=given, stdin=slave, stdout=slave, stderr=slave,
    )  # fmt: skip
    os.close(slave)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    with os.fdopen(os.dup(master), "rb", buffering=0) as screen:
        transport, _ = await loop.connect_read_pipe(lambda: Screen(reader), screen)
        try:
            yield Terminal(reader, master, process)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            transport.close()
            os.close(master)


class Screen(asyncio.StreamReaderProtocol):
    """A terminal whose program has gone reports an error, which is its end of file."""

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(None)


async def piped(given: dict[str, str], question: str, *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lea", "chat", *arguments,
        cwd=ROOT, env=given, stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(BOUND_S):
        out, err = await process.communicate(question.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_conversation_in_a_terminal(lea: Lea, ada: Person, model: ModelServer, tmp_path: Path) -> None:
    """Answered, stopped, asked for consent, left, and taken up again while an answer is under way."""
    await with_files(lea, ada)
    gate = asyncio.Semaphore(1)
    note = Call("add_note", '{"transaction": "T-104", "text": "une note"}')
    model.script(
        Answer("un \x1b]0;titre\x07deux"),
        Answer("trois quatre", gate=gate),
        Answer("", pieces=("Bon.",), calls=(note,)),
    )
    given = environ(tmp_path, ada, "fr_FR.UTF-8")
    async with terminal(given, "--url", lea.url, "--thread", "s1") as person:
        await person.until("Conversation s1")
        await person.until("> ")
        person.press("Compte pour moi")
        await person.until("un \N{REPLACEMENT CHARACTER}]0;titre\N{REPLACEMENT CHARACTER}deux")
        await person.until("> ")
        person.press("Compte encore")
        await person.until("trois ")
        person.press(CTRL_C)
        await person.until("arrêt demandé")
        await person.until("[arrêté]")
        await person.until("> ")
        person.press(VAGUE)
        await person.until("Léa demande : ")
        await person.until("une note")
        await person.until("Le faire ? [o/n] ")
        person.press("peut-être")
        await person.until("Le faire ? [o/n] ")
        person.press("o")
        await person.until("✓")
        await person.until("> ")
        assert await person.leave(CTRL_D) == 0
        await person.until("lea chat --thread s1")
    assert [one["text"] for one in (await file_of(ada, "T-104"))["notes"]][:1] == ["une note"]
    messages = (await ada.call("GET", "/v1/lea/threads/s1"))[1]["messages"]
    assert [(one["content"], one["finish_reason"]) for one in messages[2:4]] == [
        ("Compte encore", None),
        ("trois ", "stopped"),
    ]
    history = tmp_path / "state" / "lea" / "chat_history"
    assert history.read_text().splitlines()[-3:] == ["Compte pour moi", "Compte encore", VAGUE]
    assert stat.S_IMODE(history.stat().st_mode) == 0o600

    gate = asyncio.Semaphore(1)
    model.script(Answer("cinq six", gate=gate))
    async with ada.reading("Compte toujours", session_id="s1") as reading:
        await reading.until("delta")
        async with terminal(given | {"LANG": "en_GB.UTF-8"}, "--url", lea.url, "--thread", "s1") as person:
            await person.until("you: Compte toujours")
            await person.until("Léa is answering:")
            await person.until("cinq ")
            person.press(CTRL_C)
            await person.until("[stopped]")
            await person.until("> ")
            assert await person.leave(CTRL_C) == 0
        assert (await reading.rest()).done["finish_reason"] == "stopped"


async def test_a_person_signs_in_loses_the_server_finds_it_again_and_signs_out(
    lea: Lea, model: ModelServer, tmp_path: Path
) -> None:
    token, password = await lea.app[AUTH].enrolment.setup_link(), "correct horse battery"
    body = {"email": "ada@example.org", "password": password, "name": "Ada", "company": "Engines", "token": token}
    async with lea.session.post(lea.url + "/v1/auth/setup", json=body) as response:
        assert response.status == 201
    given = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "en_GB.UTF-8", "TERM": "dumb"}
    async with (
        FaultProxy(int(lea.url.rpartition(":")[2])) as proxy,
        terminal(given, "--url", f"http://127.0.0.1:{proxy.port}", "--email", "ada@example.org") as person,
    ):
        await person.until("Password: ")
        person.press(password)
        await person.until("> ")
        await proxy.refuse()
        person.press("Bonsoir")
        await person.until("connection lost, trying again in")
        person.press(CTRL_C)
        await person.until("> ")
        await proxy.heal()
        person.press("Bonjour")
        await person.until("Bonjour, je suis un modèle")
        await person.until("> ")
        assert await person.leave(CTRL_D) == 0
    assert password not in person.seen
    assert (tmp_path / ".local" / "state" / "lea" / "chat_history").read_text().split() == ["Bonsoir", "Bonjour"]
    assert await lea.sql("SELECT count(*) FROM refresh_families WHERE revoked_at IS NULL") == [(1,)]  # the set-up's own


async def test_without_a_terminal_one_question_is_answered(
    lea: Lea, ada: Person, model: ModelServer, tmp_path: Path
) -> None:
    model.script(Answer("un deux"), Refusal(401, "invalid_api_key"))
    given = environ(tmp_path, ada, "C.UTF-8")
    assert await piped(given, "Compte\n", "--url", lea.url) == (0, "un deux\n", "")
    code, out, err = await piped(given, "Compte\n", "--url", lea.url)
    assert (code, out) == (1, "")
    assert err.strip()
    code, out, err = await piped(given | {"LEA_KEY": "lea_wrong", "LC_ALL": "fr_FR"}, "Compte\n", "--url", lea.url)
    assert (code, out) == (1, "")
    assert "Traceback" not in err


def test_who_asks_has_to_be_said() -> None:
    refused = CliRunner().invoke(chat, ["--key-env", "LEA_OTHER"], env={"LEA_OTHER": "", "LANG": "fr_FR.UTF-8"})
    assert refused.exit_code == 2
    assert "LEA_OTHER" in refused.output


def test_words_are_those_of_the_locale_and_the_same_in_both_languages() -> None:
    assert WORDS["fr"].keys() == WORDS["en"].keys()
    assert language({"LANG": "fr_FR.UTF-8"}) == "fr"
    assert language({"LC_ALL": "en_GB", "LANG": "fr_FR"}) == "en"
    assert language({"LC_ALL": "", "LANG": "C"}) == "en"


@pytest.mark.parametrize("hidden", ["\x1b[2J", "\u202e", "\n", "\u200b"])
def test_what_is_consented_to_hides_nothing(hidden: str) -> None:
    assert exact(f"350{hidden}000").isprintable()
    assert exact("350\u202f000 € → Mme Roy") == "350\u202f000 € → Mme Roy"
    assert "\x1b" not in "a\x1bb\x9b".translate(CONTROLS)
