"""config.toml and the environment, read once into one frozen object.

Precedence: `LEA_<SECTION>__<KEY>` over the file over the defaults of `lea.settings` and `lea.outside`. A wrong value,
an unknown key or an unknown `LEA_…__…` variable raises StartError with one line that names it.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lea.errors import StartError
from lea.outside import (
    BUILT_IN,
    DependencySettings,
    Firestore,
    Geocoding,
    Llm,
    LlmFallback,
    Odoo,
    Provider,
    Voice,
    Webhooks,
    WhatsApp,
)
from lea.settings import (
    EMBEDDED,
    Actions,
    Auth,
    Budgets,
    Catalog,
    Database,
    Limits,
    Log,
    Runs,
    Schedules,
    Section,
    Server,
    Sessions,
    State,
    Tracing,
)

__all__ = [
    "BUILT_IN",
    "EMBEDDED",
    "OPEN_TABLES",
    "Actions",
    "Auth",
    "Budgets",
    "Catalog",
    "Config",
    "Database",
    "DependencySettings",
    "Firestore",
    "Geocoding",
    "Limits",
    "Llm",
    "LlmFallback",
    "Log",
    "Odoo",
    "Provider",
    "Runs",
    "Schedules",
    "Section",
    "Server",
    "Sessions",
    "State",
    "Tracing",
    "Voice",
    "Webhooks",
    "WhatsApp",
]

VARIABLE = re.compile(r"LEA_([A-Za-z0-9]+(?:_[A-Za-z0-9]+)*?)__(.+)")
OPEN_TABLES = ("plugins", "dependencies")
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


class Config(BaseModel):
    """Everything that can be set, with its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    server: Server = Server()
    database: Database = Database()
    state: State = State()
    llm: Llm = Llm()
    llm_fallback: LlmFallback = LlmFallback()
    voice: Voice = Voice()
    limits: Limits = Limits()
    auth: Auth = Auth()
    sessions: Sessions = Sessions()
    actions: Actions = Actions()
    runs: Runs = Runs()
    schedules: Schedules = Schedules()
    budgets: Budgets = Budgets()
    catalog: Catalog = Catalog()
    geocoding: Geocoding = Geocoding()
    odoo: Odoo = Odoo()
    firestore: Firestore = Firestore()
    whatsapp: WhatsApp = WhatsApp()
    webhooks: Webhooks = Webhooks()
    log: Log = Log()
    tracing: Tracing = Tracing()
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
