"""Whom a drill strikes, and with what: nobody, while none runs."""

from collections import Counter
from collections.abc import Collection
from typing import Final, Literal, get_args

from lea.ids import CompanyId, TurnId, UserId

ModelFault = Literal["model_hangs", "model_errors", "model_cut"]
Fault = Literal[ModelFault, "source_slow", "source_failing", "database_slow", "redis_gone"]

MODEL_FAULTS: Final[tuple[ModelFault, ...]] = get_args(ModelFault)


class Target:
    """Looked at by every fault point; `struck` counts what each fault has hit, so that none is believed unseen.

    `slowed` are the turns whose end is to be saved as slowly as their begin was.
    """

    def __init__(self) -> None:
        self.company_id: CompanyId | None = None
        self.faults: frozenset[Fault] = frozenset()
        self.struck: Counter[str] = Counter()
        self.slowed: set[TurnId] = set()
        self._ids: tuple[str, ...] = ()

    def aim(self, company_id: CompanyId, user_ids: Collection[UserId]) -> None:
        """From now on this company can be struck."""
        self.lower()
        self._ids = (company_id, *user_ids)
        self.company_id = company_id

    def lower(self) -> None:
        """From now on nobody can."""
        self.company_id, self.faults, self._ids = None, frozenset(), ()
        self.struck.clear()
        self.slowed.clear()

    def strikes(self, company_id: CompanyId, fault: Fault) -> bool:
        """Whether this call of the company is to fail so; counts it."""
        if self.company_id is None or company_id != self.company_id or fault not in self.faults:
            return False
        self.struck[fault] += 1
        return True

    def strikes_key(self, key: str, fault: Fault) -> bool:
        """The same for what is named by an id of the company or of one of its people."""
        company_id = self.company_id
        if company_id is None or fault not in self.faults or not any(one in key for one in self._ids):
            return False
        return self.strikes(company_id, fault)
