"""Money and counted tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lea.llm import prices
from lea.llm.prices import price
from lea.llm.provider import Usage
from lea.llm.tokens import estimate

COUNTS = st.integers(0, 10_000_000)
OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize("hint", ["openai", OPENAI])
def test_a_known_model_has_a_price_in_nano_usd(hint: str) -> None:
    assert price("gpt-4o", Usage(1_000_000, 0), hint) == 2_500_000_000
    assert price("gpt-4o", Usage(0, 1), hint) == 10_000


def test_cached_tokens_cost_less() -> None:
    full = price("gpt-4o", Usage(1000, 0), "openai")
    cached = price("gpt-4o", Usage(1000, 0, cached=800), "openai")
    assert full is not None
    assert cached is not None
    assert 0 < cached < full


@pytest.mark.parametrize(
    ("model", "hint"),
    [("no-such-model", "openai"), ("gpt-4o", "http://127.0.0.1:8000/v1"), ("gpt-4o", "nobody"), ("", OPENAI)],
)
def test_an_unknown_price_is_none_and_never_nothing(model: str, hint: str) -> None:
    assert price(model, Usage(1000, 1000), hint) is None


def test_the_offline_engine_costs_nothing() -> None:
    assert price("offline", Usage(1000, 1000), "offline") == 0


@given(COUNTS, COUNTS, COUNTS)
def test_a_price_never_falls_below_nothing_whatever_was_counted(prompt: int, completion: int, cached: int) -> None:
    cost = price("gpt-4o", Usage(prompt, completion, cached), "openai")
    assert cost is not None
    assert cost >= 0


@given(
    st.integers(0, 60_000), st.integers(0, 30_000), st.integers(0, 60_000), st.sampled_from(["gpt-4o", "gpt-5-mini"])
)
def test_the_rates_that_are_kept_give_the_lists_own_price(prompt: int, said: int, cached: int, model: str) -> None:
    usage = Usage(prompt, said, min(cached, prompt))
    kept, listed = price(model, usage, "openai"), prices._price(model, usage, "openai")
    assert kept is not None
    assert listed is not None
    assert abs(kept - listed) <= 1


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(text: str, more: str) -> None:
    assert max(estimate(text), estimate(more)) <= estimate(text + more) <= estimate(text) + estimate(more)


@given(st.text(st.characters(), min_size=1))
def test_any_text_is_at_least_one_token(text: str) -> None:
    assert estimate(text) >= 1


def test_no_text_is_no_token() -> None:
    assert estimate("") == 0
