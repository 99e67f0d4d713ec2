"""What is done for the business records beside the requests."""

from collections.abc import AsyncIterator

from aiohttp import web

from lea.handlers.keys import CONFIG, DEPENDENCIES, NEWS, STORE
from lea.handlers.suggestions import SUGGESTED
from lea.records.geocoder import Geocoder
from lea.records.geocoding import Geocoding
from lea.rooms.figures import suggested
from lea.rooms.keys import TASKS


async def records(app: web.Application) -> AsyncIterator[None]:
    """What is suggested out of them; addresses are looked up where a service for it is configured."""
    app[SUGGESTED] = suggested(app)
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
