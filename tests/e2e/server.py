"""A real `run.py` in a process of its own, with its own folder, for tests that drive the page."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiohttp import ClientSession

ROOT = Path(__file__).resolve().parents[2]
READY_S = 60
LINK = re.compile(r"#(?:setup|signin)=[\w.~-]+")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in."""

    email: str
    name: str
    password: str = "un mot de passe sûr"


CLAIRE = Person("claire@atelier-lenoir.fr", "Claire Martin")
KARIM = Person("karim@atelier-lenoir.fr", "Karim Haddad")


@dataclass(slots=True)
class Server:
    """The process and what it said at its start."""

    folder: Path
    environ: dict[str, str]
    url: str = ""
    link: str = ""
    """The fragment of the one-time link that the terminal shows."""
    arguments: tuple[str, ...] = ()
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Returns when the server says that it is ready."""
        with (self.folder / "log").open("ab") as log:
            begin = log.tell()
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(ROOT / "run.py"), *self.arguments),
                cwd=self.folder,
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(READY_S):
            while not self._ready((self.folder / "log").read_bytes()[begin:]):
                assert self.process.returncode is None, (self.folder / "log").read_text()
                await asyncio.sleep(0.02)
        # The same address after a restart, so that an open page finds it again.
        self.environ["LEA_SERVER__PORT"] = self.url.rpartition(":")[2]

    def _ready(self, said: bytes) -> bool:
        if found := LINK.search(said.decode()):
            self.link = found[0]
        for line in said.splitlines():
            if line.startswith(b"{") and b'"server.ready"' in line:
                self.url = orjson.loads(line)["url"]
                return True
        return False

    async def end(self, number: int = signal.SIGTERM) -> None:
        """Ask the process to leave and wait until it has."""
        if self.process is None or self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        await self.process.wait()

    async def make_first_account(self, person: Person, company: str = "Atelier Lenoir") -> None:
        """What the first-account page does, without a browser."""
        account = {"email": person.email, "name": person.name, "password": person.password, "company": company}
        async with ClientSession() as session:
            answer = await session.post(
                f"{self.url}/v1/auth/setup", json={"token": self.link.partition("=")[2], **account}
            )
            assert answer.status == 201, await answer.text()

    async def add(self, person: Person, company: str = "Atelier Lenoir") -> None:
        """Make an account from the command line, beside the running server."""
        arguments = ("user", "add", person.email, "--company", company, "--name", person.name, "--password-stdin")
        command = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lea", *arguments, cwd=self.folder, env=self.environ, stdin=asyncio.subprocess.PIPE
        )
        await command.communicate(f"{person.password}\n".encode())
        assert command.returncode == 0


def server(folder: Path, model_url: str, **settings: str) -> Server:
    """A server that has not started; `settings` are names like `LIMITS__CHAT_PER_MINUTE`."""
    defaults = {
        "SERVER__PORT": "0",
        "SERVER__HEARTBEAT": "0.3",
        "SERVER__SHUTDOWN_GRACE": "0",
        "DATABASE__URL": f"sqlite+aiosqlite:///{folder}/lea.db",
        "LLM__BASE_URL": model_url,
        "LLM__API_KEY": "test" if model_url else "",
        "DEPENDENCIES__LLM__RETRY_PAUSE": "0.05",
        "LIMITS__CHAT_PER_MINUTE": "1000",
        "LIMITS__LOGIN_PER_ACCOUNT": "1000",
        "LIMITS__LOGIN_PER_ADDRESS": "1000",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LEA_", "OPENAI_"))}
    own = {f"LEA_{name}": value for name, value in (defaults | settings).items()}
    return Server(folder, kept | own | {"PYTHONPATH": str(ROOT)})


Start = Callable[..., Awaitable[Server]]
