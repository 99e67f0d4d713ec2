"""What operators ask: health and metrics."""

import asyncio

from aiohttp import web
from prometheus_client.exposition import choose_encoder
from pydantic import BaseModel

from lea import __version__
from lea.handlers.keys import CLOCK, HEALTH, STATE
from lea.handlers.routes import Call, Empty, Routes, json_response
from lea.metrics import REGISTRY

STARTED_AT = web.AppKey("started_at", float)


class Dependency(BaseModel):
    status: str
    latency_ms: float
    detail: str


class HealthAnswer(BaseModel):
    status: str
    version: str
    uptime_s: float
    storage_backend: str
    dependencies: dict[str, Dependency]


class Live(BaseModel):
    status: str


routes = Routes("operators")


@routes.add("GET", "/health", answer=HealthAnswer, access="public", also={503: "Down"})
async def health(call: Call[Empty]) -> web.StreamResponse:
    """How this process and everything it depends on are doing; 503 only when it cannot work at all."""
    checker = call.app[HEALTH]
    found = await checker.found()
    status = checker.status(found)
    return json_response(
        {
            "status": status,
            "version": __version__,
            "uptime_s": round(call.app[CLOCK].monotonic() - call.app[STARTED_AT], 3),
            "storage_backend": call.app[STATE].backend,
            "dependencies": {
                name: {"status": entry.status, "latency_ms": entry.latency_ms, "detail": entry.detail}
                for name, entry in found.items()
            },
        },
        status=503 if status == "down" else 200,
    )


@routes.add("GET", "/health/live", answer=Live, access="public")
async def live(call: Call[Empty]) -> web.StreamResponse:
    """The process runs its loop; nothing else is asked."""
    return json_response({"status": "ok"})


@routes.add("GET", "/health/ready", answer=Live, access="public", also={503: "Down, or leaving"})
async def ready(call: Call[Empty]) -> web.StreamResponse:
    """Whether to send people here: 503 while a vital dependency is down or the process is leaving."""
    checker = call.app[HEALTH]
    able = not checker.leaving and checker.status(await checker.found(vital_only=True)) != "down"
    return json_response({"status": "ok" if able else "down"}, status=200 if able else 503)


@routes.add("GET", "/metrics", answer="text/plain", access="public")
async def metrics(call: Call[Empty]) -> web.StreamResponse:
    """Prometheus metrics."""
    encode, content_type = choose_encoder(call.request.headers.get("Accept", ""))
    body = await asyncio.to_thread(encode, REGISTRY)  # long, and reads /proc
    return web.Response(body=body, headers={"Content-Type": content_type})
