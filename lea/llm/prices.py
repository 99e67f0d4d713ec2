"""What a call cost, from the price list that comes with genai-prices; nothing is fetched."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from genai_prices import Usage as Counted
from genai_prices.data import providers
from genai_prices.data_snapshot import DataSnapshot

from lea.llm.provider import Usage

NANO: Final = Decimal(10**9)
FREE: Final = "offline"
LIST: Final = DataSnapshot(providers=providers, from_auto_update=False)
"""Made here and not at the first price, which would hold up a turn for 40 ms."""


def price(model: str, usage: Usage, provider_hint: str) -> int | None:
    """Nano-USD; None where no price is known, which is never the same as 0.

    `provider_hint` is `offline` (free), a base URL, or a provider's id in the list (`openai`, `mistral`, …). A model
    is looked up at that provider only: the same name costs otherwise elsewhere. About 0.25 ms a call.
    """
    if provider_hint == FREE:
        return 0
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
