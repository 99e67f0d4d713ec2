"""The tables of config.toml that say how what is outside of Léa is called: models, and everything else."""

from typing import Any

from pydantic import Field, SecretStr, field_validator

from lea.settings import Count, Seconds, Section, Share, http_address


class Provider(Section):
    """A model's server."""

    base_url: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = Field("gpt-5-mini", min_length=1)
    price_in: float = Field(0, ge=0, le=1e6)
    price_out: float = Field(0, ge=0, le=1e6)

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_address(value).rstrip("/")

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


class Geocoding(Section):
    """Where addresses are looked up: a GeoJSON service's address with `{address}` in it; empty: nowhere."""

    url: str = ""

    @field_validator("url")
    @classmethod
    def _with_place(cls, value: str) -> str:
        if value and "{address}" not in value:
            raise ValueError("has {address} where the address goes")
        return http_address(value)


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
    "geocoder": {"read_timeout": 5, "concurrency": 2, "pace_per_minute": 60, "retries": 0},
}
"""What is always there, with what suits it better than the defaults of DependencySettings."""
