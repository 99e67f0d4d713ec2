"""Léa with sources that never answer; settings come from the environment as always."""

import asyncio
from typing import NoReturn

import structlog
import uvloop
from aiohttp import web

from lea import log
from lea.app import Adapters, create_app
from lea.config import Config
from lea.ids import CompanyId, UserId


class HungSource:
    """Every question is asked, and none is answered."""

    async def connection_mode(self, company_id: CompanyId) -> NoReturn:
        await _forever()

    async def user_context(self, user_id: UserId, company_id: CompanyId) -> NoReturn:
        await _forever()

    async def jobs(self, company_id: CompanyId) -> NoReturn:
        await _forever()

    async def jobs_metrics(self, company_id: CompanyId) -> NoReturn:
        await _forever()


async def _forever() -> NoReturn:
    await asyncio.Event().wait()
    raise AssertionError


async def serve(config: Config) -> None:
    """Run until killed."""
    app = create_app(config, Adapters(source=lambda _store: HungSource()))
    runner = web.AppRunner(app, access_log=None, handle_signals=False, handler_cancellation=False, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    structlog.get_logger().info("server.ready", url=f"http://127.0.0.1:{runner.addresses[0][1]}")
    await asyncio.Event().wait()


if __name__ == "__main__":
    settings = Config.load()
    log.configure(settings.log.level)
    uvloop.run(serve(settings))
