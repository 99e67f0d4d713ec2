"""What turns add to the metrics, and what they do not add twice."""

from pathlib import Path

import pytest

from lea.ids import MessageId, ThreadId, TurnId
from lea.llm.provider import Usage
from lea.manager.ending import count
from lea.manager.outcome import Outcome
from lea.metrics import REGISTRY
from lea.resilience.redis import RedisLink
from lea.tasks import TaskOwner
from tests.lea_server import Lea, Person
from tests.model_server import Answer, ModelServer


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def answered(provider: str) -> Outcome:
    outcome = Outcome(TurnId("t1"), ThreadId("th1"), MessageId("m1"), provider=provider, cost_nano_usd=2_500_000)
    outcome.improve("stop")
    outcome.usage = Usage(100, 60)
    outcome.timings_ms = {"auth": 1.0, "first_token": 500.0, "last_token": 2000.0, "ended": 2001.0}
    return outcome


def test_an_answer_adds_its_cost_and_its_speed_once_however_often_it_is_told() -> None:
    rate = "lea_answer_tokens_per_second"
    tokens = sample("lea_tokens_total", kind="completion")
    count(answered("counted"), replayed=False)
    count(answered("counted"), replayed=True)
    assert sample("lea_cost_usd_total", provider="counted") == pytest.approx(0.0025)
    assert (sample(f"{rate}_count", provider="counted"), sample(f"{rate}_sum", provider="counted")) == (1, 40)
    assert sample("lea_tokens_total", kind="completion") - tokens == 60
    assert sample("lea_turns_total", finish_reason="stop", provider="counted") == 2


def test_an_answer_of_one_piece_has_no_speed_and_one_without_a_price_no_cost() -> None:
    outcome = answered("at once")
    outcome.timings_ms["last_token"] = outcome.timings_ms["first_token"]
    outcome.cost_nano_usd = None
    count(outcome, replayed=False)
    assert REGISTRY.get_sample_value("lea_cost_usd_total", {"provider": "at once"}) is None
    assert REGISTRY.get_sample_value("lea_answer_tokens_per_second_count", {"provider": "at once"}) is None


async def test_the_first_byte_of_each_stream_is_measured(lea: Lea, ada: Person, model: ModelServer) -> None:
    before = sample("lea_first_byte_seconds_count")
    model.script(Answer("un deux"))
    await ada.ask("Compte", session_id="s1")
    async with await ada.request("GET", "/v1/lea/events") as response:
        assert response.status == 200
        assert sample("lea_first_byte_seconds_count") == before + 2


async def test_redis_is_0_in_the_metrics_from_the_start_where_it_is_configured_and_away(tmp_path: Path) -> None:
    link = RedisLink(f"unix://{tmp_path}/nothing", tasks := TaskOwner())
    await link.start()
    assert REGISTRY.get_sample_value("lea_redis_available", {"dependency": "redis"}) == 0
    await tasks.aclose()
    await link.aclose()
