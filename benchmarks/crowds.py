"""Many connections at once: opened a few at a time, kept open, and seen to their end."""

import asyncio
from dataclasses import dataclass, field

from benchmarks.doors import Door
from benchmarks.load import Connection, Meter, WrongAnswer

TOGETHER = 100
"""Most that wait for their first byte at once."""
WITHIN_S = 120


@dataclass(slots=True)
class Crowd:
    """Connections that have asked and have been told something."""

    door: Door
    meter: Meter = field(default_factory=Meter)
    connections: list[Connection] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.connections)

    async def grow(self, size: int, *, tokens: int = 0) -> None:
        """Until there are so many, and so many tokens have reached all of them together."""
        async with asyncio.timeout(WITHIN_S):
            while len(self) < size:
                count = min(TOGETHER, size - len(self))
                new = [await Connection.open(self.door, self.meter) for _ in range(count)]
                for number, connection in enumerate(new, len(self)):
                    connection.ask(self.door.request(number))
                self.connections += new
                await asyncio.gather(*[connection.began for connection in new])
            if self.meter.tokens < tokens:
                await self.meter.reach(tokens)

    async def ended(self, tokens: int) -> None:
        """Raises WrongAnswer where one of them was not told so many tokens."""
        async with asyncio.timeout(WITHIN_S):
            answers = await asyncio.gather(*[connection.ended for connection in self.connections])
        wrong = [answer.tokens for answer in answers if answer.tokens != tokens]
        if wrong:
            raise WrongAnswer(f"{len(wrong)} of {len(answers)} readers had {wrong[0]} tokens instead of {tokens}")

    def leave(self) -> None:
        for connection in self.connections:
            connection.close()
        self.connections.clear()
