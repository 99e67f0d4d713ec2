"""The tables of config.toml that say how Léa herself works, each with its defaults."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from lea.sentences import Language

EMBEDDED = "sqlite+aiosqlite:///"
ORIGIN = re.compile(r"https?://[a-z0-9.\-\[\]:]+")

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
Share = Annotated[float, Field(gt=0, le=1)]


def _listed(value: Any) -> Any:
    """The environment has no lists: `a, b` there is `["a", "b"]` in the file."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Section(BaseModel):
    """One table of config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def http_address(value: str) -> str:
    """An address of HTTP, or none. Raises ValueError."""
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("begins with http:// or https://")
    return value


class Server(Section):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str = ""
    trusted_proxies: Listed = ()
    cors_origins: Listed = ()
    max_body: Count = 1_048_576
    header_timeout: Seconds = 10
    body_timeout: Seconds = 30
    connections: Count = 18_000
    heartbeat: Seconds = 10
    send_timeout: Seconds = 30
    shutdown_grace: float = Field(20, ge=0)
    language: Language = "fr"

    @field_validator("public_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value).rstrip("/")

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network)  # its ValueError says what is wrong
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin!r} is no origin: https://host or https://host:port, in small letters")
        return value


class Database(Section):
    url: str = "sqlite+aiosqlite:///var/lea.db"
    timeout: Seconds = 10
    readers: Count = 4

    @field_validator("url")
    @classmethod
    def _known(cls, value: str) -> str:
        if not value.startswith((EMBEDDED, "postgresql+asyncpg://")):
            raise ValueError(f"begins with {EMBEDDED} or postgresql+asyncpg://")
        if value.startswith(EMBEDDED) and value.removeprefix(EMBEDDED).partition("?")[0] in {"", ":memory:"}:
            raise ValueError("names no file")
        return value

    @property
    def file(self) -> Path | None:
        """The embedded database's file; None when the database is a server."""
        if not self.url.startswith(EMBEDDED):
            return None
        return Path(self.url.removeprefix(EMBEDDED).partition("?")[0])


class State(Section):
    url: SecretStr = SecretStr("memory://")  # it may hold a password

    @field_validator("url")
    @classmethod
    def _known(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url != "memory://" and not url.startswith(("redis://", "rediss://")):
            raise ValueError("is memory://, or begins with redis:// or rediss://")
        return value

    @property
    def redis(self) -> str | None:
        """Redis' address; None where one process keeps everything in its memory."""
        url = self.url.get_secret_value()
        return None if url == "memory://" else url


class Limits(Section):
    chat_per_minute: Count = 30
    waiting_per_thread: Count = 10
    turns_per_user: Count = 100
    turns_per_company: Count = 1000
    turns: Count = 4000
    streams_per_user: Count = 1000
    streams_per_company: Count = 5000
    streams: Count = 20_000
    login_per_account: Count = 10
    login_per_address: Count = 50
    login_window: Seconds = 300


class Auth(Section):
    secret: SecretStr = SecretStr("")
    access_minutes: Seconds = 15
    refresh_days: Seconds = 30
    refresh_grace: float = Field(30, ge=0)
    link_hours: Seconds = 24

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and len(value.get_secret_value()) < 32:
            raise ValueError("has at least 32 characters")
        return value


class Sessions(Section):
    idle: Seconds = 1800
    most: Count = 10_000
    preload: int = Field(100, ge=0)
    context_ttl: Seconds = 3600
    jobs_ttl: Seconds = 60
    load_timeout: Seconds = 5
    callback_threads: Count = 16
    callback_waiting: Count = 100


class Actions(Section):
    """What Léa does, and asks before she does it."""

    confirmation_lasts: Seconds = 3600
    outside_timeout: Seconds = 30
    tool_rounds: Count = 5


class Catalog(Section):
    """Where files that were brought in are kept, and how articles are completed by the model."""

    folder: str = ""
    enrich_concurrency: Count = 4
    enrich_per_minute: float = Field(0, ge=0)

    def beside(self, database: Path | None) -> Path:
        """The folder itself: beside the embedded database where none is named."""
        return Path(self.folder or ("var/imports" if database is None else database.parent / "imports"))


class Runs(Section):
    """Long work in many jobs; `here` says whether servers work at it, or leave it to `lea worker`."""

    here: bool = True
    jobs: Count = 8
    job_timeout: Seconds = 600.0
    retry_pause: Seconds = 0.5


class Schedules(Section):
    """What people want asked at set times; `late` is how long after its time something is still asked."""

    per_user: Count = 20
    time_zone: str = "Europe/Paris"
    late: Seconds = 86400.0


class Budgets(Section):
    """What counts towards a budget where nobody knows what it costs."""

    unpriced_per_million: float = Field(10, gt=0, le=1e6)


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Tracing(Section):
    """Where the traces go: an OTLP/HTTP address."""

    endpoint: str = ""

    @field_validator("endpoint")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value)
