"""Refresh tokens under every order of events: rotation, grace, reuse, logout, expiry."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from lea.errors import Unauthorized
from tests.auth_parts import AuthParts, auth_parts

GRACE_S = 30
REFRESH_S = 30 * 86_400


class Family(RuleBasedStateMachine):
    """One sign-in against a model: tokens in order of issue, when the last was made, whether it has ended."""

    @initialize()
    def sign_in(self) -> None:
        self.folder = TemporaryDirectory()
        self.loop = asyncio.Runner()
        self.context = auth_parts(Path(self.folder.name))
        self.parts: AuthParts = self.loop.run(self.context.__aenter__())
        grant = self.loop.run(self.parts.first_grant())
        self.issued = [grant.refresh_token]
        self.rotated_at = self.parts.clock.now()
        self.ended = False

    @rule(seconds=st.sampled_from([1, 10, GRACE_S, GRACE_S + 1, REFRESH_S - 1, REFRESH_S]))
    def time_passes(self, seconds: float) -> None:
        self.parts.clock.advance(seconds)

    @rule(age=st.sampled_from([0, 0, 0, 1, 1, 2, 3]), at_once=st.integers(1, 3))
    def present(self, age: int, at_once: int) -> None:
        """Present the token of that age, several times at once; `age` 0 is the newest."""
        age = min(age, len(self.issued) - 1)
        token = self.issued[-1 - age]
        results = self.loop.run(self.ask(token, at_once))
        expected = self.expected(age, at_once)
        assert results == [expected] * at_once, (results, expected)

    def expected(self, age: int, at_once: int) -> str:
        now = self.parts.clock.now()
        if self.ended:
            return "unauthorized"
        if now >= self.rotated_at + REFRESH_S:
            return "token_expired"
        if age == 0:
            self.rotated_at = now
            return "newest"
        if age == 1 and now - self.rotated_at <= GRACE_S:
            return "newest"
        self.ended = True
        return "refresh_reused" if at_once == 1 else "refused"

    async def ask(self, token: str, at_once: int) -> list[str]:
        outcomes = await asyncio.gather(*(self.outcome(token) for _ in range(at_once)))
        if at_once > 1 and "refresh_reused" in outcomes:
            assert sorted(set(outcomes)) in (["refresh_reused"], ["refresh_reused", "unauthorized"])
            return ["refused"] * at_once
        return outcomes

    async def outcome(self, token: str) -> str:
        try:
            grant = await self.parts.service.refresh(token)
        except Unauthorized as error:
            return error.code
        if grant.refresh_token not in self.issued:
            self.issued.append(grant.refresh_token)
        identity = await self.parts.service.identities.of_bearer(grant.access_token)
        assert identity.via == "token"
        return "newest" if grant.refresh_token == self.issued[-1] else "older"

    @rule()
    def log_out(self) -> None:
        self.loop.run(self.parts.service.logout(bearer=None, refresh_token=self.issued[-1]))
        self.ended = True

    def teardown(self) -> None:
        if hasattr(self, "parts"):
            self.loop.run(self.context.__aexit__(None, None, None))
            self.loop.close()
            self.folder.cleanup()


TestFamily = Family.TestCase
TestFamily.settings = settings(
    max_examples=25,
    stateful_step_count=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking would make a database at every try
    suppress_health_check=[HealthCheck.too_slow],
)
