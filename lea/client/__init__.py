"""A client for Léa: typed, async, and patient with connections. `docs/client.md` shows how it is used."""

from lea.client.answer import Answer
from lea.client.client import LeaClient
from lea.client.errors import (
    Conflict,
    ConnectionLost,
    LeaError,
    NotFound,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from lea.client.resuming import Event
from lea.client.told import Replaced
from lea.client.wire import (
    Action,
    Change,
    Citation,
    Confirmation,
    Cost,
    Decision,
    Done,
    Import,
    Job,
    Message,
    Record,
    Run,
    RunJob,
    Thread,
    Transaction,
    Transcription,
    Usage,
    WholeThread,
)

__all__ = [
    "Action",
    "Answer",
    "Change",
    "Citation",
    "Confirmation",
    "Conflict",
    "ConnectionLost",
    "Cost",
    "Decision",
    "Done",
    "Event",
    "Import",
    "Job",
    "LeaClient",
    "LeaError",
    "Message",
    "NotFound",
    "Record",
    "Replaced",
    "Run",
    "RunJob",
    "Thread",
    "TooManyRequests",
    "Transaction",
    "Transcription",
    "Unauthorized",
    "Unavailable",
    "Usage",
    "WholeThread",
]
