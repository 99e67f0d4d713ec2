"""The catalogue's files, and who reads them."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from lea.errors import StartError
from lea.handlers.keys import BUDGETS, CLOCK, CONFIG, PROVIDER, SHELF, STORE
from lea.runs.catalog.enrich import Enrich
from lea.runs.catalog.enrich_asking import Asker
from lea.runs.catalog.enrich_bill import Purse
from lea.runs.catalog.extract import Extract
from lea.runs.catalog.files import Files
from lea.runs.catalog.readers import Readers
from lea.runs.catalog.shelf import Shelf


async def catalog(app: web.Application) -> AsyncIterator[None]:
    config = app[CONFIG]
    folder = config.catalog.beside(config.database.file)
    files = Files(folder)
    try:
        await asyncio.to_thread(files.tidy, app[CLOCK].now())
    except OSError as error:
        raise StartError(f"catalog.folder: {folder} cannot be made: {error.strerror}") from None
    app[SHELF] = Shelf(files, Readers())
    yield


def extract(app: web.Application) -> Extract:
    """The pipeline over those files."""
    shelf = app[SHELF]
    return Extract(app[STORE], shelf.files, shelf.readers, app[CLOCK])


def enrich(app: web.Application) -> Enrich:
    """The pipeline that asks the model of the chat."""
    config = app[CONFIG]
    purse = Purse(app[BUDGETS], app[STORE], app[CLOCK], config.budgets.unpriced_per_million)
    return Enrich(Asker(app[PROVIDER], config.llm.answer_timeout), purse, config.catalog)
