"""What is measured of a request while it goes on: when it began, what came before its turn, and its trace."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol

from aiohttp import web

from lea.manager.traces import EndedTurn


class RequestTrace(Protocol):
    """The trace of a request that goes on."""

    @property
    def parent(self) -> str:
        """The W3C `traceparent` for what this request begins."""
        ...

    def end(self, status: int, seconds: float) -> None:
        """It was answered after so long."""
        ...


class Traces(Protocol):
    """Whoever keeps traces of requests and turns; nothing here may wait."""

    def request(self, method: str, route: str, headers: Mapping[str, str]) -> RequestTrace:
        """A request begins now."""
        ...

    def turn(self, ended: EndedTurn) -> None:
        """A turn has just ended."""
        ...


BEGAN = web.RequestKey("began", float)
BEFORE_MS: web.RequestKey[dict[str, float]] = web.RequestKey("before_ms")
TRACE: web.RequestKey[str] = web.RequestKey("trace")


def before_ms(request: web.BaseRequest) -> dict[str, float]:
    """What the request took so far, by phase; it grows as more is measured."""
    known = request.get(BEFORE_MS)
    if known is None:
        request[BEFORE_MS] = known = {}
    return known


@contextmanager
def measured(request: web.BaseRequest, phase: str) -> Iterator[None]:
    """Add what happens inside to the phase, also where it is refused."""
    start = perf_counter()
    try:
        yield
    finally:
        phases = before_ms(request)
        phases[phase] = round(phases.get(phase, 0.0) + (perf_counter() - start) * 1000, 3)
