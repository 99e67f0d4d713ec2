"""Time zones by their IANA names; one is read from the disk once, and from memory from then on."""

import re
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lea.errors import BadRequest

NAME: Final = re.compile(r"(?=.{1,64}\Z)[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")

_known: dict[str, ZoneInfo] = {}


def zone(name: str) -> ZoneInfo:
    """Blocks the first time it is asked for one. Raises BadRequest(`time_zone_unknown`)."""
    known = _known.get(name)
    if known is not None:
        return known
    try:
        if not NAME.fullmatch(name):
            raise ValueError(name)
        found = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a folder of zones is no zone
        raise BadRequest("time_zone_unknown", errors=[{"path": "time_zone", "message": "time_zone_unknown"}]) from None
    _known[name] = found
    return found
