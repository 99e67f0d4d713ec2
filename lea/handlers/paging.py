"""What lists are asked with: how many, from where on, which words."""

import base64
import binascii
import math

import orjson
from aiohttp import web

from lea.errors import BadRequest
from lea.ids import CLIENT_ID

WORDS = 200
"""Most characters of a search."""


def limit(request: web.Request, usual: int, most: int = 100) -> int:
    """How many. Raises BadRequest."""
    value = request.query.get("limit", str(usual))
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:9]) <= most:
        raise BadRequest(errors=[{"path": "limit", "message": f"a number from 1 to {most}"}])
    return int(value)


def words(request: web.Request) -> str:
    """What is looked for, where that is not nothing. Raises BadRequest."""
    value = request.query.get("q", "").strip()
    if not value or len(value) > WORDS or not value.isprintable():
        raise BadRequest(errors=[{"path": "q", "message": f"1 to {WORDS} printable characters"}])
    return value


def cursor_after(moment: float, last_id: str) -> str:
    """Of the page that begins after this one."""
    return base64.urlsafe_b64encode(orjson.dumps([moment, last_id])).decode()


def cursor(request: web.Request) -> tuple[float, str] | None:
    """The last `(moment, id)` of the page before. Raises BadRequest."""
    value = request.query.get("cursor")
    if value is None:
        return None
    try:
        moment, last_id = orjson.loads(base64.urlsafe_b64decode(value[:500]))
        if math.isfinite(moment) and CLIENT_ID.fullmatch(last_id):
            return float(moment), str(last_id)
    except (binascii.Error, ValueError, TypeError, OverflowError):
        pass
    raise BadRequest(errors=[{"path": "cursor", "message": "not a cursor of this list"}])
