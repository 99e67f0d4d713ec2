"""What a call cost: by the price list that comes with genai-prices, else by the settings; nothing is fetched."""

from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Final

from genai_prices import Usage as Counted
from genai_prices.data import providers
from genai_prices.data_snapshot import DataSnapshot

from lea.llm.provider import Answering, Usage

NANO: Final = Decimal(10**9)
FREE: Final = "offline"
FLAT_TOKENS: Final = 100_000
"""Up to here no model's price has a second tier, so a call costs its counts times the model's rates."""
LIST: Final = DataSnapshot(providers=providers, from_auto_update=False)
"""Made here and not at the first price, which would hold up a turn for 40 ms."""


def price(model: str, usage: Usage, provider_hint: str) -> int | None:
    """Nano-USD; None where no price is known, which is never the same as 0.

    `provider_hint` is `offline` (free), a base URL, or a provider's id in the list (`openai`, `mistral`, …). A model
    is looked up at that provider only: the same name costs otherwise elsewhere.
    """
    if provider_hint == FREE:
        return 0
    if usage.prompt + usage.completion > FLAT_TOKENS:
        return _price(model, usage, provider_hint)
    sent, reused, said = _rates(model, provider_hint)
    if sent is None or reused is None or said is None:
        return None
    cached = min(usage.cached, usage.prompt)
    thousandths = sent * (usage.prompt - cached) + reused * cached + said * usage.completion
    return round(thousandths / 1000)


def charge(asked: Answering, usage: Usage) -> int | None:
    """As `price`, by whoever was asked; what the list does not know costs what the settings say, if they do."""
    known = price(asked.model, usage, asked.price_hint)
    if known is not None or not any(asked.per_million):
        return known
    sent, said = asked.per_million
    return round((sent * usage.prompt + said * usage.completion) * 1000)


def counted(cost_nano_usd: int | None, usage: Usage, unpriced_per_million: float) -> int:
    """Nano-USD a call counts for in the budgets: never None, so that a limit holds for models without a price too."""
    if cost_nano_usd is not None:
        return cost_nano_usd
    return round(unpriced_per_million * 1000 * (usage.prompt + usage.completion))


@lru_cache(maxsize=256)
def _rates(model: str, provider_hint: str) -> tuple[int | None, int | None, int | None]:
    """Nano-USD for a thousand tokens sent, sent again from a cache, and received, below the first tier."""
    return (
        _price(model, Usage(1000, 0), provider_hint),
        _price(model, Usage(1000, 0, cached=1000), provider_hint),
        _price(model, Usage(0, 1000), provider_hint),
    )


def _price(model: str, usage: Usage, provider_hint: str) -> int | None:
    counted = Counted(
        input_tokens=usage.prompt,
        cache_read_tokens=min(usage.cached, usage.prompt),
        output_tokens=usage.completion,
    )
    url, provider_id = (provider_hint, None) if "://" in provider_hint else (None, provider_hint)
    try:
        found = LIST.calc(counted, model, provider_id, url, None)
    except (LookupError, ValueError):
        return None
    return int((found.total_price * NANO).to_integral_value(ROUND_HALF_EVEN))
