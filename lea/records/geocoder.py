"""Asks a service where an address is; the answer is GeoJSON, as api-adresse.data.gouv.fr and Nominatim give it."""

import math
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from lea.errors import ExternalRejected, ExternalUnavailable, LeaError, NetworkError
from lea.resilience.dependency import Dependency
from lea.resilience.http import HttpClient, read_at_most

MOST_BYTES: Final = 262_144
UNUSABLE: Final = frozenset({400, 404, 414, 422})
"""The service works and does not want this address."""

Place = tuple[float, float]
"""(latitude, longitude), degrees."""


class Garbled(ExternalUnavailable):
    """The service answered something that is no answer: the next address may fare better."""


class Geocoder:
    """`url` is a template with `{address}`."""

    def __init__(self, url: str, dependency: Dependency) -> None:
        self._url = url
        self._dependency = dependency
        limits = dependency.settings
        self._http = HttpClient(
            dependency.name,
            connections=limits.concurrency,
            connect_timeout=limits.connect_timeout,
            read_timeout=limits.read_timeout or None,
        )

    async def find(self, address: str) -> Place | None:
        """None where the service knows no such address. Raises LeaError, Garbled where it may be the address."""
        return await self._dependency.run(lambda: self._ask(address), again=True)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _ask(self, address: str) -> Place | None:
        url = URL(self._url.replace("{address}", quote(address, safe="")), encoded=True)
        try:
            response = await self._http.get(url)
            try:
                status, body = response.status, await read_at_most(response, MOST_BYTES)
            finally:
                response.release()
        except aiohttp.ClientError as error:
            raise NetworkError from error
        if status in UNUSABLE:
            return None
        if status != 200:
            raise _failure(status)
        return _first(body)


def _failure(status: int) -> LeaError:
    if status == 429:
        return ExternalRejected("model_busy", retryable=True)
    return ExternalRejected() if 400 <= status < 500 else ExternalUnavailable()


def _first(body: bytes) -> Place | None:
    """The place of the first feature, which is the best. Raises Garbled."""
    try:
        features = orjson.loads(body)["features"]
        if features == []:
            return None
        longitude, latitude = (_degrees(value) for value in features[0]["geometry"]["coordinates"][:2])
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError):
        raise Garbled from None
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Garbled
    return latitude, longitude


def _degrees(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)
