"""The tables of config.toml that say how what is outside of Léa is called: models, and everything else."""

from typing import Any

from pydantic import Field, SecretStr, field_validator

from lea.settings import Count, Seconds, Section, Share, http_address


class OpenAIServer(Section):
    """A server that speaks OpenAI's protocol."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value).rstrip("/")

    @property
    def configured(self) -> bool:
        """Whether an address or a key is given."""
        return bool(self.base_url or self.api_key.get_secret_value())


class Provider(OpenAIServer):
    """A model's server; where none is configured, and no plug-in's `provider`, the offline engine answers."""

    model: str = Field("gpt-5-mini", min_length=1)
    provider: str = ""
    price_in: float = Field(0, ge=0, le=1e6)
    price_out: float = Field(0, ge=0, le=1e6)


class Llm(Provider):
    timeout: Seconds = 30
    total_timeout: Seconds = 60
    answer_timeout: Seconds = 900
    context_tokens: Count = 32_000
    max_answer_chars: Count = 400_000


class LlmFallback(Provider):
    """Who is asked when the model of `llm` fails, in its limits."""


class Voice(OpenAIServer):
    """Who writes down what is said: the server of `llm`, unless one of its own is configured."""

    enabled: bool = True
    model: str = Field("gpt-4o-mini-transcribe", min_length=1)
    max_bytes: Count = 26_214_400
    max_seconds: Seconds = 300
    price_per_minute: float = Field(0, ge=0, le=1e3)


class Geocoding(Section):
    """Where addresses are looked up: a GeoJSON service's address with `{address}` in it; empty: nowhere."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _with_place(cls, value: str) -> str:
        if value and "{address}" not in value:
            raise ValueError("has {address} where the address goes")
        return http_address(value)


class ForeignJobs(Section):
    """A system whose jobs one company sees beside its own; off while it has no company."""

    company: str = ""
    fresh: Seconds = 60
    stale: float = Field(900, ge=0)
    timeout: Seconds = 4

    @property
    def needed(self) -> dict[str, str]:
        """What has to be set where it is on."""
        return {}

    @property
    def lacking(self) -> list[str]:
        """What of it is not set."""
        return [name for name, value in self.needed.items() if self.company and not value]


class Odoo(ForeignJobs):
    """Supplier bills and bank statement lines of an Odoo."""

    url: str = ""
    database: str = ""
    user: str = ""
    api_key: SecretStr = SecretStr("")

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value).rstrip("/")

    @property
    def needed(self) -> dict[str, str]:
        key = self.api_key.get_secret_value()
        return {"url": self.url, "database": self.database, "user": self.user, "api_key": key}


class Firestore(ForeignJobs):
    """The documents of a collection, as a Google service account may read them."""

    project: str = ""
    collection: str = ""
    key_file: str = ""
    endpoint: str = "https://firestore.googleapis.com"
    token_uri: str = ""
    department_field: str = Field("department", min_length=1)
    state_field: str = Field("state", min_length=1)
    title_field: str = Field("title", min_length=1)
    updated_field: str = Field("updated_at", min_length=1)

    @field_validator("endpoint", "token_uri")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value).rstrip("/")

    @property
    def needed(self) -> dict[str, str]:
        return {"project": self.project, "collection": self.collection, "key_file": self.key_file}


class WhatsApp(Section):
    """A phone number of WhatsApp's Cloud API, and the company whose it is; off while it has no company."""

    company: str = ""
    phone_number_id: str = ""
    access_token: SecretStr = SecretStr("")
    app_secret: SecretStr = SecretStr("")
    verify_token: SecretStr = SecretStr("")
    api_url: str = "https://graph.facebook.com/v23.0"
    pause: float = Field(2, ge=0)
    longest_pause: float = Field(10, ge=0)
    retention_days: int = Field(365, ge=7, le=36_500)

    @field_validator("api_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value).rstrip("/")

    @property
    def lacking(self) -> list[str]:
        """What has to be set where it is on, and is not."""
        secrets = {
            name: getattr(self, name).get_secret_value() for name in ("access_token", "app_secret", "verify_token")
        }
        needed = {"phone_number_id": self.phone_number_id, **secrets, "api_url": self.api_url}
        return [name for name, value in needed.items() if self.company and not value]


class Webhooks(Section):
    """Who may be told what happens."""

    allow_private: bool = False


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
    "voice": {"read_timeout": 60, "concurrency": 20, "breaker_minimum": 5},
    "sources": {"read_timeout": 4, "waiting": 1000, "breaker_minimum": 20, "breaker_slow_after": 3, "retries": 0},
    "odoo": {"read_timeout": 4, "concurrency": 4, "breaker_minimum": 5, "retries": 1},
    "firestore": {"read_timeout": 4, "concurrency": 8, "breaker_minimum": 5, "retries": 1},
    "whatsapp": {"read_timeout": 10, "concurrency": 20, "breaker_minimum": 5},
    "geocoder": {"read_timeout": 5, "concurrency": 2, "pace_per_minute": 60, "retries": 0},
}
"""What is always there, with what suits it better than the defaults of DependencySettings."""
