"""What is done for the business records beside the requests."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.handlers.keys import CONFIG, DEPENDENCIES, NEWS, STORE
from lea.records.geocoder import Geocoder
from lea.records.geocoding import Geocoding
from lea.rooms.keys import TASKS


async def records(app: web.Application) -> AsyncIterator[None]:
    """Addresses are looked up where a service for it is configured."""
    url, news = app[CONFIG].geocoding.url, app[NEWS]
    if not url:
        yield
        return
    geocoder = Geocoder(url, app[DEPENDENCIES].get("geocoder"))
    geocoding = Geocoding(app[STORE], geocoder, news.changed)
    news.watch(geocoding.wake)
    completing = app[TASKS].spawn("geocoding", geocoding.keep_completing())
    yield
    completing.cancel()
    await geocoder.aclose()
