"""Structured logs: one JSON object a line on stdout, also for what libraries say.

Names are past tense with a dot (`turn.saved`). No message text and no secret is ever a field.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from copy import copy
from logging.handlers import QueueHandler, QueueListener
from queue import SimpleQueue
from typing import Any, Final

import orjson
import structlog
from structlog.typing import Processor


def _dumps(value: Any, **_options: Any) -> bytes:
    return orjson.dumps(value, default=str)


def _exception(_logger: object, _method: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An error as type, message and places; no locals, which hold messages and keys, and no source read from disk."""
    error = fields.pop("exc_info", None)
    if error is True:  # what `log.exception` says: the one that is being handled
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        fields["exception"] = {
            "type": type(error).__qualname__,
            "message": str(error)[:500],
            "stack": _places(error),
            "cause": None if error.__cause__ is None else repr(error.__cause__)[:500],
        }
    return fields


def _places(error: BaseException) -> list[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-20:]]


PROCESSORS: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _exception,
    structlog.processors.JSONRenderer(serializer=_dumps),
]


_AUDIT: Final = structlog.wrap_logger(None, wrapper_class=structlog.make_filtering_bound_logger(0))


def audit(act: str, outcome: str, *, who: str | None, target: str | None = None, **more: str | None) -> None:
    """One `audit` line for what must be found again later, written whatever `log.level` is.

    Ids and words of ours only: an address somebody typed may be a password in the wrong field.
    """
    _AUDIT.info("audit", act=act, outcome=outcome, who=who, target=target, **more)


def configure_command() -> None:
    """For a command, whose result is stdout: what it logs goes to stderr."""
    structlog.configure(processors=PROCESSORS, logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer))


def configure(level: str) -> QueueListener:
    """Set up structlog and route the standard library's loggers through a queue; stop the listener at the end."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    return _route_standard_library(number)


def _route_standard_library(level: int) -> QueueListener:
    """A library's record costs its caller a queue put, never a write."""
    records: SimpleQueue[logging.LogRecord] = SimpleQueue()
    root = logging.getLogger()
    root.handlers[:] = [_WithoutContents(records)]
    root.setLevel(max(level, logging.WARNING))
    listener = QueueListener(records, _ToStructlog())
    listener.start()
    return listener


class _WithoutContents(QueueHandler):
    """Keeps what a library says, but not what it says it about: an HTTP parser quotes the headers it refuses."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        kept = copy(record)
        kept.error = record.exc_info[1] if record.exc_info else None
        kept.exc_info = kept.exc_text = None
        kept.args = None
        if not record.name.startswith("aiohttp"):
            kept.msg = record.getMessage()
        return kept


class _ToStructlog(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        fields: MutableMapping[str, Any] = {"logger": record.name, "detail": str(record.msg)}
        error = getattr(record, "error", None)
        if error is not None:
            fields["exception"] = {"type": type(error).__qualname__, "stack": _places(error)}
        structlog.get_logger().log(record.levelno, "library.logged", **fields)
