"""The circuit breaker: when it opens, whom it lets try, and what it does not hold against anybody."""

from dataclasses import dataclass

import pytest
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lea.config import DependencySettings
from lea.errors import CircuitOpen
from lea.metrics import REGISTRY
from lea.resilience.breaker import MOST_CALLS, Admission, Breaker, Looked, Verdict
from tests.conftest import Logged
from tests.fakes import ManualClock

WINDOW, MINIMUM, RATE, SLOW_AFTER, SLOW_RATE, OPEN_FOR = 60.0, 4, 0.5, 5.0, 0.75, 15.0
SETTINGS = DependencySettings(
    breaker_window=WINDOW,
    breaker_minimum=MINIMUM,
    breaker_failure_rate=RATE,
    breaker_slow_after=SLOW_AFTER,
    breaker_slow_rate=SLOW_RATE,
    breaker_open_for=OPEN_FOR,
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def breaker(clock: ManualClock) -> Breaker:
    return Breaker("scripted", SETTINGS, clock)


def calls(breaker: Breaker, *verdicts: Verdict) -> None:
    for verdict in verdicts:
        breaker.admit().settle(verdict, "network_error" if verdict == "failure" else None)


def opened(breaker: Breaker) -> None:
    calls(breaker, *["failure"] * MINIMUM)
    assert breaker.state == "open"


def test_it_opens_when_the_rate_of_failures_is_reached_and_not_before(breaker: Breaker) -> None:
    calls(breaker, "success", "success", "success", "failure", "failure")
    assert breaker.state == "closed"
    calls(breaker, "failure")
    assert breaker.state == "open"


def test_a_few_failures_are_no_rate(breaker: Breaker) -> None:
    calls(breaker, *["failure"] * (MINIMUM - 1))
    assert breaker.state == "closed"


def test_failures_older_than_the_window_do_not_count(breaker: Breaker, clock: ManualClock) -> None:
    calls(breaker, *["failure"] * (MINIMUM - 1))
    clock.advance(WINDOW)
    calls(breaker, *["failure"] * (MINIMUM - 1))
    assert (breaker.state, breaker.look().failures) == ("closed", MINIMUM - 1)


def test_it_looks_back_at_no_more_than_its_bound(breaker: Breaker) -> None:
    calls(breaker, *["success"] * (MOST_CALLS + 50))
    assert breaker.look().calls == MOST_CALLS


def test_calls_that_answer_well_but_late_open_it(breaker: Breaker, clock: ManualClock) -> None:
    for _ in range(MINIMUM):
        call = breaker.admit()
        clock.advance(SLOW_AFTER + 0.1)
        call.responded()
        call.settle("success")
    assert (breaker.state, breaker.look().slow, breaker.look().failures) == ("open", MINIMUM, 0)


def test_a_long_answer_that_began_in_time_is_not_slow(breaker: Breaker, clock: ManualClock) -> None:
    for _ in range(MINIMUM):
        call = breaker.admit()
        call.responded()
        clock.advance(10)
        call.settle("success")
    assert (breaker.state, breaker.look().slow) == ("closed", 0)


def test_an_open_one_refuses_at_once_and_says_when_to_come_back(breaker: Breaker, clock: ManualClock) -> None:
    opened(breaker)
    clock.advance(5)
    with pytest.raises(CircuitOpen) as caught:
        breaker.admit()
    error = caught.value
    assert (error.status, error.code, error.retryable, error.retry_after_s) == (503, "circuit_open", True, 10.0)


def test_one_call_tries_again_and_closes_it(breaker: Breaker, clock: ManualClock) -> None:
    opened(breaker)
    clock.advance(OPEN_FOR)
    probe = breaker.admit()
    with pytest.raises(CircuitOpen):
        breaker.admit()
    probe.settle("success")
    assert (breaker.state, breaker.look().calls) == ("closed", 0)


@pytest.mark.parametrize("late", [False, True], ids=["failed", "slow"])
def test_a_call_that_fails_or_is_slow_while_trying_opens_it_again(
    breaker: Breaker, clock: ManualClock, late: bool
) -> None:
    opened(breaker)
    clock.advance(OPEN_FOR)
    probe = breaker.admit()
    clock.advance(SLOW_AFTER + 1 if late else 0)
    probe.settle("success" if late else "failure", None if late else "network_error")
    assert breaker.state == "open"
    clock.advance(OPEN_FOR - 0.1)
    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_a_cancelled_probe_gives_its_place_back(breaker: Breaker, clock: ManualClock) -> None:
    opened(breaker)
    clock.advance(OPEN_FOR)
    breaker.admit().settle("neutral")
    assert breaker.state == "half_open"
    calls(breaker, "success")
    assert breaker.state == "closed"


def test_calls_from_before_say_nothing_about_now(breaker: Breaker, clock: ManualClock) -> None:
    early = [breaker.admit() for _ in range(3)]
    opened(breaker)
    early[0].settle("success")
    assert breaker.state == "open"
    clock.advance(OPEN_FOR)
    breaker.admit()
    early[1].settle("success")
    assert breaker.state == "half_open"
    early[2].settle("failure", "model_cut")
    with pytest.raises(CircuitOpen):
        breaker.admit()


def test_a_reset_closes_it_and_forgets(breaker: Breaker) -> None:
    opened(breaker)
    breaker.reset()
    assert (breaker.state, breaker.look().calls, breaker.look().next_probe_s) == ("closed", 0, None)


def test_every_change_is_logged_counted_and_told(clock: ManualClock, logged: Logged) -> None:
    told: list[Looked] = []
    breaker = Breaker("told", SETTINGS, clock, told.append)
    calls(breaker, "success", *["failure"] * 3)
    clock.advance(OPEN_FOR)
    calls(breaker, "success")
    assert [one.state for one in told] == ["open", "half_open", "closed"]
    assert [line["event"] for line in logged] == ["breaker.opened", "breaker.half_opened", "breaker.closed"]
    line = logged[0]
    assert (line["dependency"], line["calls"], line["failures"], line["last_error"]) == ("told", 4, 3, "network_error")
    assert REGISTRY.get_sample_value("lea_breaker_state", {"dependency": "told"}) == 0
    for state in ("open", "half_open", "closed"):
        labels = {"dependency": "told", "state": state}
        assert REGISTRY.get_sample_value("lea_breaker_transitions_total", labels) == 1


@dataclass
class Held:
    """A call under way, as the model of the test has it."""

    admission: Admission
    epoch: int
    began: float
    first_after: float | None = None


class BreakerStates(RuleBasedStateMachine):
    """The breaker against a model that keeps everything and computes each state from it."""

    @initialize()
    def begin(self) -> None:
        self.clock = ManualClock()
        self.breaker = Breaker("stateful", SETTINGS, self.clock)
        self.state, self.epoch, self.opened_at = "closed", 0, 0.0
        self.ended: list[tuple[float, bool, bool]] = []
        self.held: list[Held] = []

    def become(self, state: str) -> None:
        self.state, self.epoch = state, self.epoch + 1
        self.opened_at = self.clock.monotonic() if state == "open" else self.opened_at
        if state == "closed":
            self.ended = []

    @property
    def probes(self) -> int:
        return sum(self.state == "half_open" and held.epoch == self.epoch for held in self.held)

    @property
    def window(self) -> list[tuple[float, bool, bool]]:
        return [one for one in self.ended if one[0] > self.clock.monotonic() - WINDOW]

    @rule(seconds=st.sampled_from([0.5, 4.0, 6.0, 15.0, 40.0]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def call(self) -> None:
        waiting = self.state == "open" and self.clock.monotonic() < self.opened_at + OPEN_FOR
        refused = waiting or self.probes > 0
        if refused:
            with pytest.raises(CircuitOpen) as caught:
                self.breaker.admit()
            assert caught.value.retry_after_s is not None
            assert 0 < caught.value.retry_after_s <= OPEN_FOR
            return
        admission = self.breaker.admit()
        if self.state == "open":
            self.become("half_open")
        self.held.append(Held(admission, self.epoch, self.clock.monotonic()))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def answer_begins(self, data: st.DataObject) -> None:
        held = data.draw(st.sampled_from(self.held))
        held.admission.responded()
        if held.first_after is None:
            held.first_after = self.clock.monotonic() - held.began

    @precondition(lambda self: self.held)
    @rule(data=st.data(), verdict=st.sampled_from(["success", "failure", "failure", "neutral"]))
    def call_ends(self, data: st.DataObject, verdict: Verdict) -> None:
        held = data.draw(st.sampled_from(self.held))
        self.held.remove(held)
        assert held.admission.settle(verdict)
        assert not held.admission.settle("failure")
        took = self.clock.monotonic() - held.began if held.first_after is None else held.first_after
        slow = took > SLOW_AFTER
        if verdict == "neutral" or held.epoch != self.epoch:
            return
        if self.state == "half_open":
            self.become("closed" if verdict == "success" and not slow else "open")
            return
        self.ended.append((self.clock.monotonic(), verdict == "failure", slow))
        window = self.window
        failures, late = (sum(one[place] for one in window) for place in (1, 2))
        reached = failures >= len(window) * RATE or late >= len(window) * SLOW_RATE
        if len(window) >= MINIMUM and reached:
            self.become("open")

    @rule()
    def operator_resets(self) -> None:
        self.breaker.reset()
        self.become("closed")

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        looked = self.breaker.look()
        assert looked.state == self.state
        window = self.window
        counts = (len(window), sum(one[1] for one in window), sum(one[2] for one in window))
        assert (looked.calls, looked.failures, looked.slow) == counts

    @invariant()
    def at_most_one_call_tries(self) -> None:
        assert self.probes <= 1

    @invariant()
    def a_closed_one_never_refuses(self) -> None:
        if self.state == "closed":
            self.breaker.check()


TestBreakerStates = BreakerStates.TestCase
TestBreakerStates.settings = examples(max_examples=200, stateful_step_count=40, deadline=None)
