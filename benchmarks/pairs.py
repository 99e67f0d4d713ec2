"""Léa and the bare relay in front of the same model, measured in turns."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.accounts import make_users
from benchmarks.doors import BareDoor, LeaDoor
from benchmarks.load import Shape, Window, steady
from benchmarks.servers import Server, lea, model, relay, workplace


@dataclass(frozen=True, slots=True)
class Paths:
    """What is asked for, and of how many conversations of a reader in turn."""

    lea: str = "/v1/lea/chat/stream"
    bare: str = "/stream"
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Both servers, running."""

    lea: Server
    bare: Server
    keys: list[str]

    async def in_turns(self, shape: Shape, times: int, paths: Paths = Paths()) -> tuple[list[Window], list[Window]]:
        """Windows of Léa and of the relay: A B B A A B …, each after its own warm-up."""
        leas: list[Window] = []
        bares: list[Window] = []
        lea_door = LeaDoor(self.lea.url, self.keys, path=paths.lea, threads=paths.threads)
        bare_door = BareDoor(self.bare.url, path=paths.bare)
        for number in range(times):
            for is_lea in (number % 2 == 0, number % 2 == 1):
                if is_lea:
                    leas.append(await steady(lea_door, self.lea, shape))
                else:
                    bares.append(await steady(bare_door, self.bare, shape))
        return leas, bares


@asynccontextmanager
async def users(count: int) -> AsyncIterator[tuple[Path, list[str]]]:
    """A folder with a database of so many users, and their keys."""
    with workplace() as folder:
        yield folder, await make_users(folder, count)


@contextmanager
def pair(folder: Path, keys: list[str], *, tokens: int, every: float = 0) -> Iterator[Pair]:
    """Both in front of a model whose answers have so many tokens, one `every` seconds."""
    with model(folder, tokens=tokens, every=every) as url, lea(folder, url) as measured, relay(folder, url) as bare:
        yield Pair(measured, bare, keys)
