"""config.toml and the environment, read once into one frozen object.

Precedence: `LEA_<SECTION>__<KEY>` over the file over the defaults here. A wrong value, an unknown key or an
unknown `LEA_…__…` variable raises StartError with one line that names it.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, field_validator

from lea.errors import StartError
from lea.sentences import Language

VARIABLE = re.compile(r"LEA_([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*?)__(.+)")
EMBEDDED = "sqlite+aiosqlite:///"
OPEN_TABLES = ("plugins", "dependencies")
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
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
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("begins with http:// or https://")
        return value.rstrip("/")

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


class Provider(Section):
    """A model's server."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = Field("gpt-5-mini", min_length=1)

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("begins with http:// or https://")
        return value.rstrip("/")

    @property
    def configured(self) -> bool:
        """Whether there is a model to ask; without one the offline engine answers."""
        return bool(self.base_url or self.api_key.get_secret_value())


class Llm(Provider):
    timeout: Seconds = 30
    total_timeout: Seconds = 60
    answer_timeout: Seconds = 900
    context_tokens: Count = 8000
    max_answer_chars: Count = 400_000


class LlmFallback(Provider):
    """Who is asked when the model of `llm` fails, in its limits."""


class DependencySettings(Section):
    """How one thing outside of Léa is called; see `BUILT_IN` for those whose defaults differ."""

    connect_timeout: Seconds = 3
    read_timeout: float = Field(10, ge=0)
    concurrency: Count = 50
    waiting: int = Field(100, ge=0)
    waiting_timeout: Seconds = 5
    pace_per_minute: float = Field(0, ge=0)
    breaker_window: Seconds = 60
    breaker_minimum: Count = 10
    breaker_failure_rate: Share = 0.5
    breaker_slow_after: float = Field(0, ge=0)
    breaker_slow_rate: Share = 0.8
    breaker_open_for: Seconds = 15
    retries: int = Field(2, ge=0, le=2)
    retry_pause: Seconds = 0.5
    retry_cap: float = Field(10, ge=0)
    retry_budget: float = Field(0.2, ge=0, le=1)


MODEL: dict[str, Any] = {
    "read_timeout": 0,
    "concurrency": 1000,
    "waiting": 1000,
    "breaker_slow_after": 25,
}
BUILT_IN: dict[str, dict[str, Any]] = {
    "llm": MODEL,
    "llm_fallback": MODEL,
    "sources": {"read_timeout": 4, "waiting": 1000, "breaker_minimum": 20, "breaker_slow_after": 3, "retries": 0},
}
"""What is always there, with what suits it better than the defaults of DependencySettings."""


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


class Log(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"


class Config(BaseModel):
    """Everything that can be set, with its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: Server = Server()
    database: Database = Database()
    state: State = State()
    llm: Llm = Llm()
    llm_fallback: LlmFallback = LlmFallback()
    limits: Limits = Limits()
    auth: Auth = Auth()
    sessions: Sessions = Sessions()
    log: Log = Log()
    plugins: dict[str, Any] = {}
    dependencies: dict[str, DependencySettings] = Field(default={}, validate_default=True)

    @field_validator("dependencies", mode="before")
    @classmethod
    def _over_built_in(cls, value: Any) -> Any:
        """A table names what it changes; the rest is the dependency's own default."""
        if not isinstance(value, Mapping):
            return value
        for name in value:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name: small letters, digits and single underscores")
        tables = {name: BUILT_IN.get(name, {}) for name in (*BUILT_IN, *value)}
        return {
            name: {**table, **value.get(name, {})} if isinstance(value.get(name, {}), Mapping) else value[name]
            for name, table in tables.items()
        }

    @classmethod
    def load(cls, file: Path | None = None, environ: Mapping[str, str] = os.environ) -> Self:
        """Read `file` (default: config.toml in the working folder, where there is one) and the environment."""
        values = _from_file(file)
        _overlay(values, environ)
        key = environ.get("OPENAI_API_KEY", "")
        model = values.setdefault("llm", {})
        if key and isinstance(model, dict) and not model.get("api_key"):
            model["api_key"] = key
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise StartError(_first_line(error)) from None


def _from_file(file: Path | None) -> dict[str, Any]:
    path = file or Path("config.toml")
    if file is None and not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise StartError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"{path}: {error}") from None


def _overlay(values: dict[str, Any], environ: Mapping[str, str]) -> None:
    for name, value in sorted(environ.items()):
        match = VARIABLE.fullmatch(name)
        if match is None:
            continue
        section, key = match[1].lower(), match[2].lower()
        known = Config.model_fields.get(section)
        open_table = section in OPEN_TABLES
        if known is None or not (open_table or key in known.annotation.model_fields):  # type: ignore[union-attr]
            raise StartError(f"{name}: there is no setting of that name")
        table = values.setdefault(section, {})
        if not isinstance(table, dict):
            raise StartError(f"{section}: must be a table")
        for part in key.split("__")[:-1] if open_table else ():
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                raise StartError(f"{section}.{part}: must be a table")
        table[key.rpartition("__")[2] if open_table else key] = value


def _first_line(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{path}: there is no setting of that name"
    message = first["msg"].removeprefix("Value error, ")
    return f"{path}: {message[0].lower()}{message[1:]} (or set LEA_{path.upper().replace('.', '__')})"
